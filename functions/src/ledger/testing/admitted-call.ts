import type { AdmissionRequest } from "../admission.ts";
import type { Hold, LandedHold } from "../hold.ts";
import { endedEntries } from "./ended-call.ts";
import type { LedgerWorld } from "./ledger-world.ts";
import { sampleDraft } from "./sample-call.ts";
import type { CallRecord } from "./world-types.ts";

/** A call under `block` budgets, from its admission to its settlement. */
export async function runAdmitted(
  world: LedgerWorld,
  record: CallRecord,
  request: AdmissionRequest,
): Promise<void> {
  const { by, spec } = record;
  world.budgets.asked(request.windows);
  const result = await by.admitter.admit({
    ...request,
    holdFor: (outputTokens, reserved) => {
      const hold = request.holdFor(outputTokens, reserved);
      record.boundsNanoUsd.push(hold.bound.nanoUsd);
      return hold;
    },
  });
  if (result.status === "unavailable" && result.ended !== undefined) {
    void world.withdraw(record, request.holdFor(0, []), result.ended);
  }
  if (result.status !== "admitted") {
    record.ended = "refused";
    record.overAtMs = world.clock.nowMs();
    return;
  }
  record.admitted = true;
  const { outputTokens } = result;
  const hold = request.holdFor(outputTokens, request.amountsAt(outputTokens));
  const output = spec.overruns ? spec.outputTokens : Math.min(spec.outputTokens, outputTokens);
  const classes = { input: spec.inputTokens, output };
  record.actualNanoUsd = sampleDraft(hold, classes).costNanoUsd;
  record.reached = true;
  await world.provide(record);
  const isRepeated = spec.raises && record.leftBefore === undefined;
  const raised = isRepeated && (await raise(world, record, request, hold, result.hold));
  const settledAt = new Date(world.clock.nowMs());
  const entries = endedEntries(record, hold, classes, settledAt, Boolean(raised));
  const settlement = { entries, holdId: hold.holdId, hold: raised || result.hold };
  record.ended = await world.whileAlive(by, by.settler.settle(settlement, settledAt.getTime()));
}

/** To twice the hold; without room for that the call is left as it is. */
async function raise(
  world: LedgerWorld,
  { by, boundsNanoUsd }: CallRecord,
  { windows }: AdmissionRequest,
  hold: Hold,
  landed: LandedHold,
): Promise<LandedHold | undefined> {
  const bound = { ...hold.bound, nanoUsd: 2 * hold.bound.nanoUsd };
  boundsNanoUsd.push(bound.nanoUsd);
  const amounts = windows.map(({ move }) => {
    const reserved = hold.windows.find(({ windowId }) => windowId === move.windowId)?.reserved ?? 0;
    return move.unit === "requests" ? reserved : 2 * reserved;
  });
  const wanted = { hold: landed, nonce: hold.nonce, bound, windows, amounts };
  return world.whileAlive(by, by.admitter.raise(wanted));
}
