import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { correctionIdOf } from "../core/ids.ts";
import { TOKEN_CLASSES } from "../core/tokens.ts";
import type { PriceTerms } from "../pricing/book/schema.ts";
import { ownPrice } from "../pricing/testing/own-prices.ts";
import { withOwnPrices } from "../pricing/with-own-prices.ts";
import { repriceWorld, type SampleUse, SHIPPED } from "./testing/reprice-world.ts";

const AT_MS = Date.parse("2026-11-20T12:00:00Z");
const USE: SampleUse = { classes: { input: 1_000, output: 500 }, atMs: AT_MS };

const own = (terms: Partial<PriceTerms>, model = "gpt-9") =>
  withOwnPrices(SHIPPED, [
    ownPrice({ model }, { effectiveFrom: "2026-01-01", rates: RATES, ...terms } as PriceTerms),
  ]);
const RATES = { input: "10", output: "30" };
const CHEAP = own({ rates: { input: "1", output: "3" } });
const DEAR = own({});

describe("repriceEntries", () => {
  it("says first what would change, and writes nothing", async () => {
    const { book, reprice, entries } = repriceWorld();
    await book(SHIPPED, [USE, { ...USE, atMs: Date.parse("2026-10-20T12:00:00Z") }]);
    const report = await reprice(DEAR, { dryRun: true });
    const sums = { entries: 1, changed: 1, beforeNanoUsd: 0, afterNanoUsd: 25_000_000 };
    expect(Object.fromEntries(report.months)).toEqual({
      "2026-10": { ...sums, differenceNanoUsd: 25_000_000 },
      "2026-11": { ...sums, differenceNanoUsd: 25_000_000 },
    });
    expect(report).toMatchObject({ left: 0, documentsRead: 4, next: undefined });
    expect(entries()).toHaveLength(2);
  });

  it("corrects an entry without a price to what it costs, under the model's name", async () => {
    const { book, reprice, all } = repriceWorld();
    await book(SHIPPED, [USE]);
    const [[id, entry] = []] = Object.entries(all("usage_tracking"));
    await reprice(DEAR);
    const stored = all("usage_tracking");
    expect(Object.keys(stored)).toHaveLength(3);
    expect(stored[String(id)]).toEqual(entry);
    expect(stored[correctionIdOf(String(id), 2)]).toMatchObject({
      kind: "correction",
      correctsId: id,
      correctedBy: "ann",
      correctionReason: "the price is known now",
      model: "openai/gpt-9",
      costNanoUsd: 25_000_000,
      inputCostNanoUsd: 10_000_000,
      outputCostNanoUsd: 15_000_000,
      priceStatus: "priced",
      priceVersion: "own:openai:gpt-9:2026-01-01",
      day: "2026-11-20",
      usageStatus: "exact",
    });
  });

  it("changes nothing more when it is repeated", async () => {
    const { book, reprice, entries, sums } = repriceWorld();
    await book(SHIPPED, [USE, USE]);
    await reprice(DEAR);
    const [after, count] = [sums(), entries().length];
    const again = await reprice(DEAR);
    expect([...again.months.values()]).toMatchObject([{ changed: 0, differenceNanoUsd: 0 }]);
    expect(sums()).toEqual(after);
    expect(entries()).toHaveLength(count);
  });

  it("changes nothing more when two run at once, and commits land twice, unheard or late", async () => {
    const once = repriceWorld();
    await once.book(SHIPPED, [USE, USE, USE]);
    await once.reprice(DEAR);
    const { book, reprice, sums, fates } = repriceWorld();
    await book(SHIPPED, [USE, USE, USE]);
    fates.push("lands_unheard", "lands_twice", "lands_late");
    await Promise.all([reprice(DEAR), reprice(DEAR)]);
    expect(sums()).toEqual(once.sums());
  });

  it("goes up and down with the price, and back", async () => {
    const { book, reprice, entries, sums } = repriceWorld();
    await book(DEAR, [USE]);
    const before = sums();
    await reprice(CHEAP);
    const correction = entries().find(({ kind }) => kind === "correction");
    expect(correction).toMatchObject({
      costNanoUsd: -22_500_000,
      inputCostNanoUsd: -9_000_000,
      outputCostNanoUsd: -13_500_000,
      totalTokens: 0,
      add: {
        costNanoUsd: -22_500_000,
        inputCostNanoUsd: -9_000_000,
        outputCostNanoUsd: -13_500_000,
      },
    });
    await reprice(DEAR);
    expect(sums()).toEqual(before);
    expect(entries()).toHaveLength(3);
  });

  it("takes only calls of the model, within the range, at the price of their own instant", async () => {
    const { book, reprice } = repriceWorld();
    const at = (iso: string, more: Partial<SampleUse> = {}) => ({
      ...USE,
      atMs: Date.parse(iso),
      ...more,
    });
    await book(SHIPPED, [
      at("2026-10-31T23:59:59.999Z"),
      at("2026-11-01T00:00:00Z"),
      at("2026-11-30T23:59:59.999Z"),
      at("2026-12-01T00:00:00Z"),
      at("2026-11-02T00:00:00Z", { model: "openai/gpt-99" }),
      at("2026-11-02T00:00:00Z", { model: "openai/gpt-4o" }),
    ]);
    const from = new Date("2026-11-01T00:00:00Z");
    const range = { from, to: new Date("2026-12-01T00:00:00Z"), dryRun: true };
    const fromThe15th = own({ effectiveFrom: "2026-11-15" });
    const report = await reprice(fromThe15th, range);
    expect([...report.months]).toMatchObject([["2026-11", { entries: 1, changed: 1 }]]);
    expect(report.left).toBe(1);
  });

  it("goes page by page to the end", async () => {
    const { book, reprice, sums } = repriceWorld();
    const whole = repriceWorld();
    const uses = Array.from({ length: 7 }, (_, n) => ({ ...USE, atMs: AT_MS + (n >> 1) }));
    await book(SHIPPED, uses);
    await whole.book(SHIPPED, uses);
    await whole.reprice(DEAR);
    let changed = 0;
    let after: Awaited<ReturnType<typeof reprice>>["next"];
    for (let page = 0; page < 50; page += 1) {
      const report = await reprice(DEAR, { limit: 2, after });
      for (const month of report.months.values()) changed += month.changed;
      after = report.next;
      if (!after) break;
    }
    expect(changed).toBe(7);
    expect(sums()).toEqual(whole.sums());
  });

  it("prices an alias that has got a price of its own, and leaves the model's other calls", async () => {
    const { book, reprice } = repriceWorld();
    await book(SHIPPED, [
      { ...USE, model: "openai/gpt-4o-2024-11-20" },
      { ...USE, model: "openai/gpt-4o" },
    ]);
    const prices = own({}, "gpt-4o-2024-11-20");
    const alias = await reprice(prices, { model: "gpt-4o-2024-11-20", dryRun: true });
    expect([...alias.months.values()]).toMatchObject([{ entries: 1, afterNanoUsd: 25_000_000 }]);
    const model = await reprice(prices, { model: "gpt-4o", dryRun: true });
    expect([...model.months.values()]).toMatchObject([{ entries: 1, changed: 0 }]);
  });

  it("keeps what is estimated so, and what failed", async () => {
    const { book, reprice, entries } = repriceWorld();
    await book(SHIPPED, [{ ...USE, usageStatus: "estimated", failed: true }]);
    await reprice(DEAR);
    const corrections = entries().filter(({ kind }) => kind === "correction");
    expect(corrections).toMatchObject([
      { usageStatus: "estimated", status: "error" },
      { usageStatus: "estimated", status: "error", add: { estimatedCalls: 1, errors: 1 } },
    ]);
  });

  it("leaves the sums as if the price had been known when the calls began", async () => {
    const terms = fc.constantFrom<Partial<PriceTerms>>(
      {},
      { free: true, rates: undefined } as Partial<PriceTerms>,
      { rates: { input: "0.333333", cacheRead: "0.01", output: "0.777777" } },
      {
        effectiveFrom: "2026-11-10",
        serviceTiers: { flex: { rates: { input: "5", output: "15" } } },
      },
    );
    const classes = fc.record(
      Object.fromEntries(TOKEN_CLASSES.slice(0, 4).map((name) => [name, fc.nat(9_999)])),
    );
    const use = fc.record({
      classes: fc.tuple(classes, fc.nat(9_999)).map(([input, output]) => ({ ...input, output })),
      atMs: fc.integer({ min: AT_MS - 20 * 86_400_000, max: AT_MS }),
      model: fc.constantFrom("openai/gpt-9", "openai/gpt-4o", "openai/gpt-99"),
      attribution: fc.record({
        userId: fc.constantFrom("alice", "bob"),
        sessionId: fc.constantFrom(null, "s"),
        agent: fc.constantFrom(null, "a", "b"),
        department: fc.constantFrom(null, "sales"),
      }),
      usageStatus: fc.constantFrom("exact" as const, "estimated" as const),
      failed: fc.boolean(),
      serviceTier: fc.constantFrom(undefined, "flex"),
    });
    const uses = fc.array(use, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(uses, terms, terms, async (calls, before, after) => {
        const known = repriceWorld();
        await known.book(ownOf(after), calls);
        for (const earlier of [SHIPPED, ownOf(before)]) {
          const late = repriceWorld();
          await late.book(earlier, calls);
          const { left } = await late.reprice(ownOf(after));
          if (earlier === SHIPPED || left === 0) expect(late.sums()).toEqual(known.sums());
        }
      }),
      { numRuns: 150 },
    );
  });
});

function ownOf(terms: Partial<PriceTerms>) {
  const { rates, ...others } = { rates: RATES, ...terms } as { rates?: object };
  const full = { effectiveFrom: "2026-01-01", ...others, ...(rates ? { rates } : {}) };
  return withOwnPrices(SHIPPED, [ownPrice({}, full as PriceTerms)]);
}
