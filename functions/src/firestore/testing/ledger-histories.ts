import fc from "fast-check";
import type { Settlement } from "../../ledger/settle.ts";
import type { Fate } from "../../ledger/testing/memory-store.ts";
import { CALL_TIMEOUT_MS, sampleDraft, sampleHold } from "../../ledger/testing/sample-call.ts";
import type { Instance, RealLedger } from "./real-ledger.ts";

interface Call {
  readonly instance: number;
  readonly end: "settles" | "crashes" | "settles late";
  readonly input: number;
}

const call: fc.Arbitrary<Call> = fc.record({
  instance: fc.nat(1),
  end: fc.constantFrom(
    "settles" as const,
    "settles" as const,
    "crashes" as const,
    "settles late" as const,
  ),
  input: fc.integer({ min: 1, max: 999 }),
});
const fate = fc.constantFrom<Fate>(
  "lands",
  "lands",
  "lands",
  "lands_unheard",
  "lands_late",
  "lands_twice",
  "lost",
);

/** Calls on two instances, and what becomes of the commits that come first. */
export interface LedgerHistory {
  readonly calls: readonly Call[];
  readonly fates: readonly Fate[];
}

export const ledgerHistory: fc.Arbitrary<LedgerHistory> = fc.record({
  calls: fc.array(call, { minLength: 3, maxLength: 12 }),
  fates: fc.array(fate, { minLength: 20, maxLength: 20 }),
});

/** Gives back what is wrong in the end. */
export async function liveLedger(
  ledger: RealLedger,
  { calls, fates }: LedgerHistory,
): Promise<readonly string[]> {
  const late: Promise<unknown>[] = [];
  const kept: Settlement[] = [];
  const instances = [0, 1].map((n) =>
    ledger.instance(
      ledger.faulty(
        fates.filter((_, index) => index % 2 === n),
        late,
      ),
      kept,
    ),
  );
  const startedAtMs = Date.now() - CALL_TIMEOUT_MS - 60_000;
  const open = await Promise.all(
    calls.map(async ({ instance: n, end, input }) => {
      const { journal, settler } = instances[n] as Instance;
      const requestId = ledger.freshId();
      const hold = sampleHold({
        requestId,
        nonce: `nonce-${requestId}`,
        startedAtMs,
        attribution: { sessionId: "s1" },
      });
      const written = await journal.write(hold, false);
      const settlement: Settlement = {
        entries: [sampleDraft(hold, { input })],
        holdId: hold.holdId,
        hold: written.status === "landed" ? written.hold : null,
      };
      if (end === "settles") await settler.settle(settlement);
      return { hold, end, input, settlement, settler, isKnown: written.status === "landed" };
    }),
  );
  await Promise.all(late);
  await Promise.all([ledger.care(), ledger.care()]);
  for (const { end, settler, settlement } of open) {
    if (end === "settles late") await settler.settle(settlement);
  }
  await Promise.all(late);
  const calm = ledger.instance(ledger.store, kept);
  for (const settlement of kept) await calm.settler.settleAlone(settlement);
  await ledger.trigger();
  await Promise.all([ledger.care(), ledger.care()]);
  await ledger.care();
  const entries = await ledger.documentsOf("usage_tracking");
  const costs = open.flatMap(({ hold, end, input, isKnown }) => {
    const own = entries.filter(([, { nonce }]) => nonce === hold.nonce).map(([, entry]) => entry);
    const cost = own.reduce((sum, { costNanoUsd }) => sum + Number(costNanoUsd), 0);
    const begun = own.filter(({ kind }) => kind === "call").length;
    if (end === "crashes") {
      const isRight = begun === 0 ? !isKnown : begun === 1 && cost === hold.bound.nanoUsd;
      return isRight ? [] : [`crashed call has ${begun} entries of ${cost}`];
    }
    return begun === 1 && cost === input * 1_000 ? [] : [`${end}: ${begun} entries of ${cost}`];
  });
  return [...costs, ...(await ledger.problems())];
}
