import type { Provider } from "../../calls/port.ts";
import { convertUsage } from "../openai/convert-usage.ts";
import { compatibleProvider, type WireOptions } from "../openai-wire/compatible-provider.ts";
import { isObject } from "../openai-wire/json.ts";
import { reportedCostNanoUsd } from "../usage/reported-cost.ts";

/** With it the usage holds what the call cost. https://openrouter.ai/docs/use-cases/usage-accounting */
const FIXED = { usage: { include: true } };

/** @throws TypeError when the base URL is not safe to send a key to */
export function openRouterProvider(options: WireOptions): Provider {
  return compatibleProvider(
    {
      name: "openrouter",
      style: { fixed: FIXED, limitField: "max_tokens", systemRole: "system" },
      embeddingFormat: "base64",
      convertUsage,
      reportedCost: (rawUsage) => (isObject(rawUsage) ? reportedCostNanoUsd(rawUsage) : null),
    },
    options,
  );
}
