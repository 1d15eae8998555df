import { describe, expect, it } from "@jest/globals";
import type { TokenClasses } from "../core/tokens.ts";
import { PRICE_BOOK } from "./book.ts";
import { findModel } from "./models.ts";
import { rateUsage } from "./rate-usage.ts";
import { resolveRates } from "./resolve-price.ts";

/**
 * Bills to check by hand: model, day, and for each class tokens x dollars per million tokens, whose sum is in millionths
 * of a dollar. The test adds it up by itself and asks for the same lines and the same total, to the nano-dollar.
 */
const BILLS = `
gpt-4o-mini 2026-11-23 input 180 x 0.15 + cacheRead 1024 x 0.075 + output 86 x 0.6 = 155.4
gpt-4o-mini-2024-07-18 2024-07-18 input 1000 x 0.15 + output 1000 x 0.6 = 750
gpt-4o 2024-06-15 input 1000 x 5 + output 500 x 15 = 12500
gpt-4o 2024-10-01 input 1000 x 5 + output 500 x 15 = 12500
gpt-4o 2024-10-02 input 1000 x 2.5 + output 500 x 10 = 7500
gpt-4o 2026-11-23 input 976 x 2.5 + cacheRead 1024 x 1.25 + output 333 x 10 = 7050
gpt-4o-2024-08-06 2024-08-06 input 3 x 2.5 + output 1 x 10 = 17.5
gpt-4o-2024-05-13 2026-11-23 input 3 x 5 + cacheRead 2 x 5 + output 1 x 15 = 40
gpt-4o-2024-11-20 2026-11-23 input 7 x 2.5 + output 7 x 10 = 87.5
chatgpt-4o-latest 2025-03-01 input 20 x 5 + output 30 x 15 = 550
gpt-4o-audio-preview 2025-01-15 input 12 x 2.5 + audioIn 90 x 100 + output 4 x 10 + audioOut 110 x 200 = 31070
gpt-4o-audio-preview 2026-03-01 input 12 x 2.5 + audioIn 90 x 40 + output 4 x 10 + audioOut 110 x 80 = 12470
gpt-4o-audio-preview-2024-12-17 2024-12-17 input 5 x 2.5 + audioIn 1 x 40 + audioOut 1 x 80 = 132.5
gpt-4o-audio-preview-2024-10-01 2024-12-17 input 5 x 2.5 + audioIn 1 x 100 + audioOut 1 x 200 = 312.5
gpt-4o-mini-audio-preview 2026-03-01 input 10 x 0.15 + audioIn 10 x 10 + output 10 x 0.6 + audioOut 10 x 20 = 307.5
gpt-audio 2026-11-23 input 2 x 2.5 + audioIn 3 x 32 + output 4 x 10 + audioOut 5 x 64 = 461
gpt-audio-mini 2026-11-23 input 2 x 0.6 + audioIn 3 x 10 + output 4 x 2.4 + audioOut 5 x 20 = 140.8
gpt-4.1 2026-11-23 input 11 x 2 + cacheRead 13 x 0.5 + output 17 x 8 = 164.5
gpt-4.1-mini 2026-11-23 input 11 x 0.4 + cacheRead 13 x 0.1 + output 17 x 1.6 = 32.9
gpt-4.1-nano 2026-11-23 input 11 x 0.1 + cacheRead 13 x 0.025 + output 17 x 0.4 = 8.225
gpt-4.5-preview 2025-03-01 input 1 x 75 + cacheRead 1 x 37.5 + output 1 x 150 = 262.5
gpt-5 2026-11-23 input 100 x 1.25 + cacheRead 900 x 0.125 + output 50 x 10 + reasoning 448 x 10 = 5217.5
gpt-5-mini 2026-11-23 input 100 x 0.25 + cacheRead 900 x 0.025 + output 50 x 2 + reasoning 448 x 2 = 1043.5
gpt-5-nano 2026-11-23 input 1 x 0.05 + cacheRead 1 x 0.005 + output 1 x 0.4 + reasoning 1 x 0.4 = 0.855
gpt-5-pro 2026-11-23 input 10 x 15 + cacheRead 10 x 15 + reasoning 10 x 120 = 1500
gpt-5.1 2026-11-23 input 8 x 1.25 + cacheRead 8 x 0.125 + output 8 x 10 = 91
gpt-5.2 2026-11-23 input 8 x 1.75 + cacheRead 8 x 0.175 + output 8 x 14 = 127.4
gpt-5.2-pro 2026-11-23 input 1 x 21 + reasoning 1 x 168 = 189
gpt-5.3-codex 2026-11-23 input 1 x 1.75 + cacheRead 1 x 0.175 + output 1 x 14 = 15.925
gpt-5.3-chat-latest 2026-06-01 input 2 x 1.75 + output 2 x 14 = 31.5
gpt-5.4 2026-11-23 input 2000 x 2.5 + cacheRead 270000 x 0.25 + output 10 x 15 = 72650
gpt-5.4 2026-11-23 input 2001 x 5 + cacheRead 270000 x 0.5 + output 10 x 22.5 = 145230
gpt-5.4-mini 2026-11-23 input 300000 x 0.75 + cacheRead 2 x 0.075 + output 2 x 4.5 = 225009.15
gpt-5.4-nano 2026-11-23 input 3 x 0.2 + cacheRead 3 x 0.02 + output 3 x 1.25 = 4.41
gpt-5.4-pro 2026-11-23 input 272001 x 60 + output 1 x 270 = 16320330
gpt-5.5 2026-11-23 input 272000 x 5 + reasoning 1 x 30 = 1360030
gpt-5.5 2026-11-23 input 272001 x 10 + reasoning 1 x 45 = 2720055
gpt-5.5-pro 2026-11-23 input 1 x 30 + output 1 x 180 = 210
gpt-5.6 2026-07-09 input 10 x 5 + cacheRead 20 x 0.5 + cacheWrite5m 30 x 6.25 + output 40 x 30 = 1447.5
gpt-5.6-sol 2026-11-23 input 10 x 4 + cacheRead 20 x 0.4 + cacheWrite5m 30 x 5 + output 40 x 20 = 998
gpt-5.6-terra 2026-07-29 cacheWrite5m 3 x 3.125 + output 1 x 15 = 24.375
gpt-5.6-terra 2026-11-23 cacheRead 200000 x 0.4 + cacheWrite5m 72001 x 5 + output 2 x 18 = 440041
gpt-5.6-luna 2026-11-23 input 1 x 0.2 + cacheRead 1 x 0.02 + cacheWrite5m 1 x 0.25 + reasoning 1 x 1.2 = 1.67
o1 2026-01-01 input 6 x 15 + cacheRead 6 x 7.5 + output 6 x 60 + reasoning 6 x 60 = 855
o1-preview 2024-12-01 input 1 x 15 + cacheRead 1 x 7.5 + reasoning 1 x 60 = 82.5
o1-mini 2025-01-30 input 1 x 3 + cacheRead 1 x 1.5 + reasoning 1 x 12 = 16.5
o1-mini 2025-01-31 input 1 x 1.1 + cacheRead 1 x 0.55 + reasoning 1 x 4.4 = 6.05
o1-pro 2026-01-01 input 1 x 150 + output 1 x 600 = 750
o3 2025-06-09 input 100 x 10 + cacheRead 100 x 2.5 + output 10 x 40 + reasoning 90 x 40 = 5250
o3 2025-06-10 input 100 x 2 + cacheRead 100 x 0.5 + output 10 x 8 + reasoning 90 x 8 = 1050
o3-mini 2026-01-01 input 1 x 1.1 + cacheRead 3 x 0.55 + output 1 x 4.4 = 7.15
o3-pro 2026-01-01 input 3 x 20 + output 2 x 80 = 220
o4-mini 2026-01-01 input 1 x 1.1 + cacheRead 1 x 0.275 + reasoning 1 x 4.4 = 5.775
gpt-4-turbo 2026-01-01 input 9 x 10 + output 9 x 30 = 360
gpt-4-0613 2026-01-01 input 9 x 30 + output 9 x 60 = 810
gpt-3.5-turbo-0125 2026-01-01 input 9 x 0.5 + output 9 x 1.5 = 18
text-embedding-3-small 2026-11-23 input 8191 x 0.02 = 163.82
text-embedding-3-large 2026-11-23 input 8191 x 0.13 = 1064.83
text-embedding-ada-002 2026-11-23 input 8191 x 0.1 = 819.1
`;

interface Bill {
  readonly name: string;
  readonly day: string;
  readonly sum: string;
  readonly microUsd: string;
}

const bills: Bill[] = BILLS.trim()
  .split("\n")
  .map((line) => {
    const [, name = "", day = "", sum = "", microUsd = ""] =
      /^(\S+) (\S+) (.+) = (\S+)$/.exec(line) ?? [];
    return { name, day, sum, microUsd };
  });

describe("golden bills", () => {
  it.each(bills)("$name on $day: $sum", ({ name, day, sum, microUsd }) => {
    const terms = sum.split(" + ").map((term) => term.split(/ (?:x )?/));
    const nanoUsd = terms.reduce(
      (all, [, tokens = "", rate = ""]) => all + BigInt(tokens) * nanoOf(rate),
      0n,
    );
    const classes: TokenClasses = Object.fromEntries(
      terms.map(([name, tokens]) => [name, Number(tokens)]),
    );

    const cost = rateUsage(ratesOn(name, day), classes);

    expect(nanoUsd).toBe(nanoOf(microUsd));
    expect(cost.priceStatus).toBe("priced");
    expect(BigInt(cost.costNanoUsd)).toBe(nanoUsd);
    const lines = cost.lines.map(
      (line) => `${line.class} ${line.tokens} x ${trimmed(line.usdPerMillion)}`,
    );
    expect(lines.join(" + ")).toBe(sum);
  });
});

function ratesOn(name: string, day: string) {
  const model = findModel(PRICE_BOOK, "openai", name);
  return model && resolveRates(PRICE_BOOK, model, Date.parse(day));
}

/** Millionths of a dollar in nano-dollars: "155.4" -> 155 400 */
function nanoOf(microUsd: string): bigint {
  const [whole = "", fraction = ""] = microUsd.split(".");
  return BigInt(whole + fraction.padEnd(3, "0"));
}

/** "0.60" -> "0.6", "15.00" -> "15" */
function trimmed(decimal: string): string {
  return decimal.replace(/\.?0+$/, "");
}
