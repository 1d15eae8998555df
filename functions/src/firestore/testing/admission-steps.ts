import { expect } from "@jest/globals";
import fc from "fast-check";
import type { Fate } from "../../ledger/testing/memory-store.ts";
import type { BudgetWish } from "../../ledger/testing/world-budgets.ts";

/** Older than all windows, so that there is nothing to open. */
export const SINCE = new Date("2020-01-01T00:00:00Z");
/** A call may take up to 1 700 000 nanoUSD, 800 tokens. */
export const FIRST_BUDGETS: readonly BudgetWish[] = [
  { limit: 6_000_000 },
  { limit: 4_500, unit: "tokens", scopeId: "alice" },
  { limit: 6, unit: "requests", scope: "session" },
];
/** Limits that move, and budgets that are younger than their windows, which have to be opened. */
const WISHES: readonly BudgetWish[] = [
  { limit: 2_000_000 },
  { limit: 8_000_000 },
  { limit: 2_000, unit: "tokens", scopeId: "alice" },
  { limit: 5_000_000, scopeId: "alice" },
  { limit: 8, unit: "requests", window: "day" },
  { limit: 3_000_000, scope: "session", window: "lifetime" },
];

export interface Call {
  readonly kind: "call";
  readonly instance: number;
  /** The client's own request id; undefined: one is made here. */
  readonly clientId: number | undefined;
  readonly session: boolean;
  /** "aborted": left by its caller in mid-answer; "unsent": the provider refused the connection. */
  readonly end: "settles" | "crashes" | "settles late" | "aborted" | "unsent";
  readonly raises: boolean;
  readonly input: number;
  readonly output: number;
}

type Step = Call | { readonly kind: "budget"; readonly wish: BudgetWish };

/** What happens one after the other, each beginning while the last may still be under way. */
export interface AdmissionHistory {
  readonly steps: readonly Step[];
  readonly fates: readonly Fate[];
}

const call: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("call" as const),
  instance: fc.nat(1),
  clientId: fc.option(fc.nat(2), { nil: undefined, freq: 2 }),
  session: fc.boolean(),
  end: fc.constantFrom<Call["end"]>(
    ...(["settles", "settles", "settles", "crashes", "settles late", "aborted", "unsent"] as const),
  ),
  raises: fc.boolean(),
  input: fc.integer({ min: 1, max: 500 }),
  output: fc.integer({ min: 0, max: 300 }),
});
const budget: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("budget" as const),
  wish: fc.constantFrom(...WISHES),
});
const fate = fc.constantFrom<Fate>(
  ...(["lands", "lands", "lands", "lands"] as const),
  ...(["lands_unheard", "lands_late", "lands_twice", "lost"] as const),
);

export const admissionHistory: fc.Arbitrary<AdmissionHistory> = fc.record({
  steps: fc.array(fc.oneof({ weight: 8, arbitrary: call }, { weight: 1, arbitrary: budget }), {
    minLength: 8,
    maxLength: 28,
    size: "max",
  }),
  fates: fc.array(fate, { minLength: 24, maxLength: 24 }),
});

/** What came of the calls of all histories. */
export class AdmissionsTried {
  readonly count = {
    ...{ admitted: 0, refused: 0, taken: 0, unavailable: 0 },
    ...{ raised: 0, budgets: 0, aborted: 0, unsent: 0 },
  };

  /** On the output, and enough of everything. */
  expectMuch(histories: number): void {
    process.stdout.write(`admissions tried: ${JSON.stringify(this.count)}\n`);
    const { admitted, refused, ...rare } = this.count;
    expect(Math.min(admitted, refused)).toBeGreaterThan(2 * histories);
    for (const [what, amount] of Object.entries(rare)) {
      expect([what, amount > histories / 10]).toEqual([what, true]);
    }
  }
}
