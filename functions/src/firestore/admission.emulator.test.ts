import { afterAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { BudgetWindow } from "../budgets/alert.ts";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import type { AdmissionRequest } from "../ledger/admission.ts";
import type { LedgerStore } from "../ledger/port.ts";
import type { Settlement } from "../ledger/settle.ts";
import type { Fate } from "../ledger/testing/memory-store.ts";
import { sampleAdmission } from "../ledger/testing/sample-admission.ts";
import { CALL_TIMEOUT_MS, sampleDraft } from "../ledger/testing/sample-call.ts";
import { type Instance, RealLedger } from "./testing/real-ledger.ts";

const RUNS = 15;
/** Older than all windows, so that there is nothing to open. */
const SINCE = new Date("2020-01-01T00:00:00Z");
const LIMITS = { usd: 4_000_000, tokens: 3_000, requests: 6 };
const BUDGETS = [
  sampleBudget({ enforcement: "block", limit: LIMITS.usd, since: SINCE }),
  sampleBudget({
    enforcement: "block",
    limit: LIMITS.tokens,
    since: SINCE,
    unit: "tokens",
    scopeId: "alice",
  }),
  sampleBudget({
    enforcement: "block",
    limit: LIMITS.requests,
    since: SINCE,
    unit: "requests",
    scope: "session",
  }),
];
const ledger = new RealLedger("admission");

afterAll(() => ledger.db.terminate());

interface Call {
  readonly instance: number;
  readonly session: boolean;
  readonly end: "settles" | "crashes" | "settles late";
  readonly input: number;
  readonly output: number;
}

const call: fc.Arbitrary<Call> = fc.record({
  instance: fc.nat(1),
  session: fc.boolean(),
  end: fc.constantFrom<Call["end"]>("settles", "settles", "settles", "crashes", "settles late"),
  input: fc.integer({ min: 1, max: 500 }),
  output: fc.integer({ min: 0, max: 300 }),
});
const fate = fc.constantFrom<Fate>(
  "lands",
  "lands",
  "lands",
  "lands",
  "lands_unheard",
  "lands_late",
  "lands_twice",
  "lost",
);

describe("admission on Firestore", () => {
  it(`never crosses a limit, and gives back all that it held, in ${RUNS} histories on two instances`, async () => {
    const tried = { admitted: 0, refused: 0, unavailable: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 6, maxLength: 24 }),
        fc.array(fate, { minLength: 24, maxLength: 24 }),
        async (calls, fates) => {
          await ledger.clear();
          expect(await live(calls, fates, tried)).toEqual([]);
        },
      ),
      { numRuns: RUNS },
    );
    expect(tried.admitted).toBeGreaterThan(2 * RUNS);
    expect(tried.refused).toBeGreaterThan(RUNS / 2);
    expect(tried.unavailable).toBeGreaterThan(0);
  }, 120_000);
});

/** Gives back what is wrong in the end, or was at any time when an admission looked. */
async function live(
  calls: readonly Call[],
  fates: readonly Fate[],
  tried: Record<"admitted" | "refused" | "unavailable", number>,
): Promise<string[]> {
  const late: Promise<unknown>[] = [];
  const seen: string[] = [];
  const kept: Settlement[] = [];
  const instances = [0, 1].map((n) => {
    const own = fates.filter((_, index) => index % 2 === n);
    return ledger.instance(watched(ledger.faulty(own, late), seen), kept);
  });
  const startedAtMs = Date.now() - CALL_TIMEOUT_MS - 60_000;
  const leftOver: (() => Promise<unknown>)[] = [];
  const running = calls.map(async (each) => {
    const { journal, admitter, settler } = instances[each.instance] as Instance;
    const request = requestOf(each, startedAtMs);
    const result = await admitter.admit(request);
    if (result.status === "taken") throw new Error("ids are fresh");
    tried[result.status] += 1;
    if (result.status === "unavailable" && result.ended !== undefined) {
      late.push(journal.withdraw(request.holdFor(0, []), { ended: result.ended }));
    }
    if (result.status !== "admitted") return;
    const { outputTokens, hold } = result;
    const held = request.holdFor(outputTokens, request.amountsAt(outputTokens));
    const classes = { input: each.input, output: Math.min(each.output, outputTokens) };
    const settlement = { entries: [sampleDraft(held, classes)], holdId: hold.holdId, hold };
    if (each.end === "settles") await settler.settle(settlement);
    if (each.end === "settles late") leftOver.push(() => settler.settle(settlement));
  });
  await Promise.all(running);
  await Promise.all(late);
  await Promise.all([ledger.care(), ledger.care()]);
  for (const settle of leftOver) await settle();
  await Promise.all(late);
  const calm = ledger.instance(ledger.store, kept);
  for (const settlement of kept) await calm.settler.settleAlone(settlement);
  await ledger.trigger();
  await Promise.all([ledger.care(), ledger.care()]);
  await ledger.care();
  return [...seen, ...(await ledger.problems())];
}

function requestOf({ session, input }: Call, startedAtMs: number): AdmissionRequest {
  const requestId = ledger.freshId();
  return sampleAdmission({
    requestId,
    nonce: `nonce-${requestId}`,
    startedAtMs,
    budgets: BUDGETS,
    attribution: { sessionId: session ? "s1" : null },
    inputTokens: input,
    output: [50, 300],
  });
}

/** Looks at every window that is read: none of these calls costs more than its hold, so none may be too full. */
function watched(store: LedgerStore, seen: string[]): LedgerStore {
  return {
    ...store,
    async read(docs, deadlineMs) {
      const found = await store.read(docs, deadlineMs);
      for (const [index, doc] of docs.entries()) {
        if (doc.collection !== "budget_windows" || !found[index]) continue;
        const { unit, spent = 0, held = 0 } = found[index].fields as Partial<BudgetWindow>;
        const isWrong = unit !== undefined && (spent + held > LIMITS[unit] || held < 0);
        if (isWrong) seen.push(`${doc.id} had ${spent} + ${held}`);
      }
      return found;
    },
  };
}
