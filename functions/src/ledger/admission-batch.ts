import {
  type AdmissionRequest,
  type AdmissionResult,
  balancesFor,
  type Decision,
  type Refused,
  type UnavailableBecause,
} from "./admission.ts";
import { entryKey, type Hold, holdKey, landedHold } from "./hold.ts";
import type { DocumentKey, Snapshot, Version, Write } from "./plan.ts";
import { type BlockedWindow, type FoundWindow, foundWindow, windowKey } from "./reserve.ts";

/** No room now; settles may make some. */
interface MustWait {
  readonly status: "wait";
  readonly refusal: Refused;
}

/** A request in the queue. */
export interface Item extends AdmissionRequest {
  readonly arrivedMs: number;
  /** It has waited for room before: its id was looked for then. */
  readonly isAgain: boolean;
}

export type Attempted = AdmissionResult | MustWait;
export type Results = Map<Item, Attempted>;
export type Admission = Extract<Decision<Item>, { status: "admit" }>;
type Rejection = Exclude<Decision<Item>, { status: "admit" }>;

/** What stands in the store where requests want to write. */
export interface View {
  readonly windows: readonly FoundWindow[];
  readonly places: ReadonlyMap<Item, Place>;
}

interface Place {
  readonly hold: Snapshot | undefined;
  readonly entry: Snapshot | undefined;
}

/** Windows, and when something of the items may be there already, their holds and entries. */
export function keysOf(items: readonly Item[], withPlaces: boolean): DocumentKey[] {
  const placed = withPlaces ? items : [];
  return [
    ...windowsOf(items).map(({ move }) => windowKey(move.windowId)),
    ...placed.map(({ identity }) => holdKey(identity.holdId)),
    ...placed.map(({ identity }) => entryKey(identity.entryId)),
  ];
}

/** The documents under these keys. */
export function viewOf(
  items: readonly Item[],
  withPlaces: boolean,
  docs: readonly (Snapshot | undefined)[],
): View {
  const windows = windowsOf(items);
  const placed = withPlaces ? items : [];
  const places = placed.map((item, index): [Item, Place] => {
    const at = windows.length + index;
    return [item, { hold: docs[at], entry: docs[at + placed.length] }];
  });
  return {
    windows: windows.map((window, index) => foundWindow(window, docs[index])),
    places: new Map(places),
  };
}

/** Those of a batch are the same, but for the limits. */
function windowsOf(items: readonly Item[]): readonly BlockedWindow[] {
  return items[0]?.windows ?? [];
}

/** One per request id: the others are found to be taken by the next try. */
export function distinct(items: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter(({ identity: { holdId } }) => !seen.has(holdId) && seen.add(holdId));
}

/** Sets the result of a request whose hold is there, or whose id is another's. */
export function setFound(item: Item, { windows, places }: View, results: Results): void {
  const { hold, entry } = places.get(item) ?? {};
  if (hold && hold.fields.nonce === item.identity.nonce) {
    results.set(item, {
      status: "admitted",
      hold: landedHold(item.identity.holdId, hold),
      outputTokens: (hold.fields as unknown as Hold).bound.classes.output ?? 0,
      balances: balancesFor(item, windows, []),
    });
  } else if (hold || entry) {
    results.set(item, { status: "taken", entry, hold });
  }
}

/** Sets the results of requests whose commit has landed. */
export function setLanded(
  admitted: readonly Admission[],
  journals: readonly (readonly Write[])[],
  versions: readonly Version[],
  results: Results,
): void {
  let at = 0;
  for (const [index, { request, hold, outputTokens, balances }] of admitted.entries()) {
    const version = versions[at] as Version;
    at += journals[index]?.length ?? 0;
    const { holdId, windows } = hold;
    results.set(request, {
      status: "admitted",
      hold: { holdId, version, windows },
      outputTokens,
      balances,
    });
  }
}

/** Sets the results of those that have no room, but for whom the store has another answer. */
export function setRejected(rejected: readonly Rejection[], results: Results): void {
  for (const { request, status, refusal } of rejected) {
    if (results.has(request)) continue;
    results.set(request, status === "wait" ? { status, refusal } : refusal);
  }
}

/** @param ended when what was sent of it can no longer land; undefined: nothing was */
export function unavailable(
  because: UnavailableBecause,
  cause: unknown,
  ended: Promise<void> | undefined,
): AdmissionResult {
  return { status: "unavailable", because, cause, ended };
}
