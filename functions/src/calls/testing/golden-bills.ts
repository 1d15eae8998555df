import { describe, expect, it } from "@jest/globals";
import { ATTO_PER_NANO, divideHalfEven } from "../../core/money.ts";
import { PRICE_BOOK } from "../../pricing/book.ts";
import { rateUsage } from "../../pricing/rate-usage.ts";
import { USAGE_CONVERTERS } from "../../providers/usage-converters.ts";
import { priceModel, providerOf } from "../resolve-model.ts";

/**
 * A usage as a provider reports it, with its bill to check by hand: model, instant, usage object, for each class
 * tokens x dollars per million tokens, and the sum in millionths of a dollar.
 */
export type Bill = readonly [
  model: string,
  at: string,
  rawUsage: object,
  lines: string,
  microUsd: string,
];

/** What `trackUsage` makes of a usage: how sure it is, and what it costs. */
export function billOf(model: string, at: string, rawUsage: unknown) {
  const reported = providerOf(USAGE_CONVERTERS, model)(rawUsage);
  const { rates } = priceModel(PRICE_BOOK, model, Date.parse(at), reported.serviceTier);
  return { status: reported.usage.status, cost: rateUsage(rates, reported.usage.classes) };
}

/** Adds each bill up by itself and asks for the same lines and the same total, to the nano-dollar. */
export function itBills(provider: string, bills: readonly Bill[]): void {
  describe(`golden bills of ${provider}`, () => {
    it.each(bills)("%s at %s: %j", (model, at, rawUsage, lines, microUsd) => {
      const atto = attoOfLines(lines);
      const { status, cost } = billOf(model, at, rawUsage);
      expect(atto).toBe(attoOf(microUsd));
      expect(status).toBe("exact");
      expect(cost.priceStatus).toBe("priced");
      expect(cost.lines.map(lineText).join(" + ")).toBe(lines);
      expect(BigInt(cost.costNanoUsd)).toBe(divideHalfEven(atto, ATTO_PER_NANO));
    });
  });
}

/** "input 86 x 1.25 + output 172 x 10" -> 1 827 500 000 000 000 attoUSD */
function attoOfLines(lines: string): bigint {
  const terms = lines.split(" + ").map((term) => term.split(/ (?:x )?/));
  return terms.reduce((all, [, tokens = "", rate = ""]) => all + BigInt(tokens) * attoOf(rate), 0n);
}

function lineText(line: { class: string; tokens: number; usdPerMillion: string }): string {
  return `${line.class} ${line.tokens} x ${line.usdPerMillion.replace(/\.?0+$/, "")}`;
}

/** Millionths of a dollar in atto-dollars: "155.4" -> 155 400 000 000 000 */
function attoOf(microUsd: string): bigint {
  const [whole = "", fraction = ""] = microUsd.split(".");
  return BigInt(whole + fraction.padEnd(12, "0"));
}
