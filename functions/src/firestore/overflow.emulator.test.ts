import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { decodeSettlement, encodeSettlement } from "../ledger/overflow.ts";
import type { Settlement } from "../ledger/settle.ts";
import { CALL_TIMEOUT_MS, sampleDraft, sampleHold } from "../ledger/testing/sample-call.ts";
import { RealLedger } from "./testing/real-ledger.ts";

const CALLS = 12;
const DELIVERIES = 10;
const INPUT = 700;

const ledger = new RealLedger("overflow");

beforeEach(() => ledger.clear());
afterAll(() => ledger.close());

/** Calls that have expired and whose settlements are in a topic; their first commits may still land. */
async function callsInOverflow(isHoldKnown: boolean): Promise<Settlement[]> {
  const startedAtMs = Date.now() - CALL_TIMEOUT_MS - 60_000;
  const { journal } = ledger.instance(ledger.store, []);
  return Promise.all(
    Array.from({ length: CALLS }, async () => {
      const requestId = ledger.freshId();
      const hold = sampleHold({ requestId, nonce: `nonce-${requestId}`, startedAtMs });
      const written = await journal.write(hold, false);
      if (written.status !== "landed") throw new Error(written.status);
      return travelled({
        entries: [sampleDraft(hold, { input: INPUT })],
        holdId: hold.holdId,
        hold: isHoldKnown ? written.hold : null,
      });
    }),
  );
}

function travelled(settlement: Settlement): Settlement {
  const decoded = decodeSettlement(encodeSettlement(settlement));
  if ("problem" in decoded) throw new Error(decoded.problem);
  return decoded.settlement;
}

/** Redelivered until an instance has taken it. */
async function deliver(settlement: Settlement): Promise<void> {
  const { settler } = ledger.instance(ledger.store, []);
  for (let tries = 0; tries < 10; tries += 1) {
    const isTaken = await settler.settleAlone(settlement).then(
      () => true,
      () => false,
    );
    if (isTaken) return;
  }
  throw new Error("it was never taken");
}

async function expectEachOnce(settlements: readonly Settlement[]): Promise<void> {
  await ledger.trigger();
  await ledger.care();
  const entries = (await ledger.documentsOf("usage_tracking")).map(([, entry]) => entry);
  const costs = settlements.map(({ entries: [draft] }) => {
    const own = entries.filter(({ nonce }) => nonce === draft?.nonce);
    const calls = own.filter(({ kind }) => kind === "call").length;
    const cost = own.reduce((sum, { costNanoUsd }) => sum + Number(costNanoUsd), 0);
    return { calls, cost };
  });
  expect(costs).toEqual(settlements.map(() => ({ calls: 1, cost: INPUT * 1_000 })));
  expect(await ledger.problems()).toEqual([]);
}

describe.each([
  ["known to have landed", true],
  ["of which only the id is known", false],
])("a message with a hold %s", (_, isHoldKnown) => {
  it(`is one entry after ${DELIVERIES} deliveries at once, beside two sweeps and the commit that was slow`, async () => {
    const settlements = await callsInOverflow(isHoldKnown);
    const { settler } = ledger.instance(ledger.store, []);
    await Promise.all([
      ...settlements.flatMap((settlement) =>
        Array.from({ length: DELIVERIES }, () => deliver(settlement)),
      ),
      ledger.care(),
      ledger.care(),
      ...settlements.map((settlement) => settler.settle(settlement)),
    ]);
    await expectEachOnce(settlements);
  }, 60_000);

  it("corrects what care has charged, once, however often it comes after that", async () => {
    const settlements = await callsInOverflow(isHoldKnown);
    await ledger.care();
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(
        settlements.flatMap((settlement) =>
          Array.from({ length: DELIVERIES / 2 }, () => deliver(settlement)),
        ),
      );
    }
    await expectEachOnce(settlements);
    const entries = (await ledger.documentsOf("usage_tracking")).map(([, entry]) => entry);
    expect(entries.filter(({ kind }) => kind === "correction")).toHaveLength(CALLS);
  }, 60_000);
});
