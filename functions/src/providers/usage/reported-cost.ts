import { divideHalfEven } from "../../core/money.ts";
import { isObject, type JsonObject } from "../openai-wire/json.ts";

/** xAI counts in ticks, 10 000 000 000 to the dollar. */
const TICKS_PER_NANO = 10n;
const DECIMALS = 15;
const PER_NANO = 10n ** BigInt(DECIMALS - 9);
/** What a single call can never cost; beyond it a number is no amount of dollars. */
const MAX_USD = 1_000_000;

/**
 * What a provider says that a call cost: OpenRouter's `cost` in dollars, with what the provider behind it bills to a
 * key of one's own (`is_byok`), xAI's `cost_in_usd_ticks`. JSON has floats
 * only: 0.00014 is read by its decimals, 140 000 nanoUSD, and rounded half-even beyond them.
 * @returns null when it says nothing that can be an amount
 */
export function reportedCostNanoUsd(usage: JsonObject): number | null {
  const { cost, cost_in_usd_ticks: ticks } = usage;
  if (typeof cost === "number") return nanoFromFloat(cost + upstreamCostOf(usage));
  if (typeof ticks !== "number" || !Number.isSafeInteger(ticks) || ticks < 0) return null;
  return Number(divideHalfEven(BigInt(ticks), TICKS_PER_NANO));
}

/** Beside `cost`, which is OpenRouter's fee alone when the key is one's own. */
function upstreamCostOf({ is_byok, cost_details }: JsonObject): number {
  const upstream = isObject(cost_details) ? cost_details.upstream_inference_cost : undefined;
  return is_byok === true && typeof upstream === "number" ? upstream : 0;
}

function nanoFromFloat(usd: number): number | null {
  if (!(usd >= 0 && usd <= MAX_USD)) return null;
  const digits = usd.toFixed(DECIMALS).replace(".", "");
  return Number(divideHalfEven(BigInt(digits), PER_NANO));
}
