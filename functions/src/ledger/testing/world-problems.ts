import type { BudgetWindow } from "../../budgets/alert.ts";
import { amountIn } from "../contributions.ts";
import type { Entry } from "../entry.ts";
import type { LedgerWorld } from "./ledger-world.ts";
import type { CallRecord } from "./world-types.ts";

/** What must hold once everything is quiet. */
export function problemsAtEnd(world: LedgerWorld): string[] {
  const { documents } = world;
  const entries = world.entries();
  return [
    ...world.problems(),
    ...documents.list("usage_holds").map(({ id }) => `hold ${id} is left`),
    ...documents.list("usage_outbox").map(({ id }) => `outbox ${id} is left`),
    ...world.kept.map(() => "a settlement was never written"),
    ...world.calls.flatMap((call) => callProblems(world, call, entries)),
    ...clientIdProblems(world),
    ...trackProblems(world, entries),
    ...windowProblems(world, entries),
  ];
}

/** Every answered call has exactly one entry, and with its corrections it comes to what the call cost. */
function callProblems(world: LedgerWorld, call: CallRecord, entries: readonly Entry[]): string[] {
  const own = entries.filter(({ nonce }) => nonce === call.nonce);
  const begun = own.filter(({ kind }) => kind === "call");
  const netNanoUsd = sumOf(own, "costNanoUsd");
  const name = `call ${call.nonce} (${call.ended}${call.by.alive ? "" : ", crashed"})`;
  const say = (is: boolean, problem: string) => (is ? [`${name} ${problem}`] : []);
  const isAnswered = call.ended === "ledger" || call.ended === "elsewhere";
  if (isAnswered) {
    return [
      ...say(begun.length !== call.attempts, `has ${begun.length} entries`),
      ...say(netNanoUsd !== call.actualNanoUsd, `costs ${netNanoUsd}, not ${call.actualNanoUsd}`),
      ...say(requestsOf(own) !== call.requests, `counts ${requestsOf(own)} requests`),
    ];
  }
  if (call.by.alive) {
    const mayBeSwept = (call.overAtMs ?? 0) >= call.expiresAtMs;
    return say(begun.length > 0 && !mayBeSwept, `was ${call.ended} and has an entry`);
  }
  const isKnown = world.landedHolds.has(call.nonce);
  return [
    ...say(begun.length > call.attempts, `has ${begun.length} entries`),
    ...say(isKnown && begun.length === 0 && call.reached, "is lost although its hold had landed"),
    ...say(
      begun.length > 0 && ![...call.boundsNanoUsd, call.actualNanoUsd].includes(netNanoUsd),
      `costs ${netNanoUsd}`,
    ),
  ];
}

/** A request id that the client made runs once, however often it is sent. */
function clientIdProblems({ calls }: LedgerWorld): string[] {
  const ids = calls.flatMap(({ reached, spec: { clientId, user } }) =>
    reached && clientId !== undefined ? [`${user}'s id ${clientId}`] : [],
  );
  return ids.flatMap((id, index) => (ids.indexOf(id) === index ? [] : [`${id} ran twice`]));
}

function trackProblems({ tracks }: LedgerWorld, entries: readonly Entry[]): string[] {
  const recorded = new Set<string>();
  return tracks.flatMap(({ entryId, payloadHash, status }) => {
    if (status === "failed") return [];
    const found = entries.filter((entry) => entry.entryId === entryId);
    const isOwn = found[0]?.payloadHash === payloadHash;
    if (found.length !== 1) return [`tracked ${entryId} has ${found.length} entries`];
    if (isOwn === (status === "taken")) return [`tracked ${entryId} is ${status}, which it is not`];
    if (status === "recorded" && recorded.has(entryId)) return [`${entryId} was recorded twice`];
    if (status === "recorded") recorded.add(entryId);
    return [];
  });
}

/**
 * A window holds its opening and what the calls that name it came to, corrections included. Once opened for the last
 * time it holds its whole month.
 */
function windowProblems(world: LedgerWorld, entries: readonly Entry[]): string[] {
  const byId = new Map(entries.map((entry) => [entry.entryId, entry]));
  const names = (entry: Entry, id: string) =>
    (byId.get(entry.correctsId ?? "") ?? entry).windows.some(({ windowId }) => windowId === id);
  return world.documents.list("budget_windows").flatMap(({ id, snapshot }) => {
    const window = snapshot.fields as unknown as BudgetWindow;
    const { scopeId, period, unit, openingSpent = 0, openingFinal, spent = 0 } = window;
    const say = (due: number) => (due === spent ? [] : [`window ${id} has ${spent}, not ${due}`]);
    const named = entries.filter((entry) => names(entry, id));
    const month = entries.filter((entry) => entry.userId === scopeId && entry.month === period);
    const isUsersMonth = window.scope === "user" && window.window === "month";
    const isLate = world.overlong.has(`${scopeId} ${period}`);
    return [
      ...say(openingSpent + amountOf(named, unit)),
      ...(openingFinal === true && isUsersMonth && !isLate ? say(amountOf(month, unit)) : []),
    ];
  });
}

function amountOf(entries: readonly Entry[], unit: BudgetWindow["unit"]): number {
  return entries.reduce((sum, { add }) => sum + amountIn(unit, add), 0);
}

function requestsOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { add }) => sum + Number(add.requests ?? 0), 0);
}

function sumOf(entries: readonly Entry[], name: "costNanoUsd"): number {
  return entries.reduce((sum, entry) => sum + entry[name], 0);
}
