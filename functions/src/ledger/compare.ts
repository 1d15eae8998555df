import { addExact } from "../core/money.ts";
import { type Comparable, comparableOf, isSealed } from "./comparable.ts";
import { type EntrySums, type FoldedEntry, type LedgerView, SUM_NAMES } from "./compare-port.ts";
import { areNone, type Differences, differencesOf } from "./differences.ts";
import { NOTHING, PendingSums, pathOf, type Sums, withEntry } from "./expected.ts";
import type { Hold } from "./hold.ts";
import type { Counters, DocumentKey, Fields, Snapshot } from "./plan.ts";
import { mapsAgree } from "./shape.ts";
import { isSettled } from "./window-move.ts";

/** Outbox documents, and open requests, that one comparison can take account of. */
const MAX_WAITING = 5_000;
/** Entries of one document at most: some 40 s of reading. */
const MAX_ENTRIES = 400_000;

/** What comparing one document has shown. */
export interface Comparison {
  readonly doc: DocumentKey;
  readonly outcome: "right" | "wrong" | "sealed" | "not_compared";
  readonly stored: Snapshot | undefined;
  /** Of a wrong one. */
  readonly differences: Differences | undefined;
  /** Fields that say what the document is about, where they are missing. */
  readonly set: Fields;
  /** The number of its last repair. */
  readonly lastRepair: number;
  /** Of a window that was read entry by entry: what it holds beyond the sum of its scope and period. */
  readonly gap: number | undefined;
}

export interface CompareOptions {
  readonly nowMs: number;
  /** Reads every entry, also where the sums agree: finds what they cannot show. */
  readonly isExact: boolean;
  /** By how much a window may differ from the sum of its scope and period. */
  readonly gaps: ReadonlyMap<string, number>;
  reportFailure(doc: DocumentKey, cause: unknown): void;
}

/** More waits to be aggregated than one comparison can take account of; the next run may. */
export class TooMuchWaitingError extends Error {
  override readonly name = "TooMuchWaitingError";
}

/**
 * Compares documents with the ledger, all at one instant: what an aggregate holds and what the outbox is still to add
 * is what the entries come to, whatever the traffic. One that cannot be compared is reported and left out.
 * @throws TooMuchWaitingError, and what the store throws for what all have in common
 */
export async function compareAtOnce(
  view: LedgerView,
  docs: readonly (DocumentKey & Pick<Comparable, "collection">)[],
  options: CompareOptions,
): Promise<Comparison[]> {
  const stored = await view.read(docs);
  const pending = new PendingSums(docs.map(pathOf));
  await eachWaiting(view.pending(), (outbox) => pending.take(outbox));
  const held = new HeldSums();
  if (docs.some(({ collection }) => collection === "budget_windows")) {
    await eachWaiting(view.holds(), (hold) => held.take(hold));
  }
  const compared = docs.map(async (doc, index) => {
    try {
      const found = { doc, stored: stored[index], pending: pending.of(doc), held: held.of(doc.id) };
      return [await compareOne(view, found, options)];
    } catch (cause) {
      options.reportFailure(doc, cause);
      return [];
    }
  });
  return (await Promise.all(compared)).flat();
}

interface FoundDocument {
  readonly doc: DocumentKey & Pick<Comparable, "collection">;
  readonly stored: Snapshot | undefined;
  readonly pending: Sums;
  readonly held: number;
}

async function compareOne(
  view: LedgerView,
  found: FoundDocument,
  options: CompareOptions,
): Promise<Comparison> {
  const { doc, stored } = found;
  const nothing = { doc, stored, differences: undefined, set: {}, lastRepair: 0, gap: undefined };
  const comparable = comparableOf(doc.collection, doc.id, stored?.fields);
  if (!comparable) return { ...nothing, outcome: "not_compared" };
  if (isSealed(comparable, stored?.fields, options.nowMs)) return { ...nothing, outcome: "sealed" };
  const sums = comparable.summed && (await view.sums(comparable.summed));
  const knownGap = options.gaps.get(doc.id) ?? 0;
  const looksRight = sums !== undefined && agrees(comparable, found, sums, knownGap);
  if (looksRight && !options.isExact) return { ...nothing, outcome: "right" };
  const entries = await sumEntries(view, comparable);
  const whole = withWindow(entries, found);
  const gap = sums && gapOf(comparable, Number(whole.add.spent ?? 0), sums);
  const fields = stored?.fields ?? {};
  const differences = differencesOf(comparable.collection, fields, whole, found.pending);
  if (areNone(differences)) return { ...nothing, outcome: "right", gap };
  const lastRepair = await view.lastRepair(pathOf(doc));
  return {
    ...nothing,
    outcome: "wrong",
    differences,
    set: missing(fields, entries.set),
    lastRepair,
    gap,
  };
}

/** Whether all that is cheap to know speaks for the document. */
function agrees(
  comparable: Comparable,
  { stored, pending, held }: FoundDocument,
  sums: EntrySums,
  knownGap: number,
): boolean {
  const fields = stored?.fields ?? {};
  if (comparable.collection === "budget_windows") {
    const spent = numberAt(fields, "spent") + numberAt(pending.add, "spent");
    const gap = gapOf(comparable, spent, sums);
    return (gap === 0 || gap === knownGap) && numberAt(fields, "held") === held;
  }
  const totals = (fields.totals ?? {}) as Fields;
  const waiting = (pending.add.totals ?? {}) as Counters;
  return (
    SUM_NAMES.every((name) => numberAt(totals, name) + numberAt(waiting, name) === sums[name]) &&
    mapsAgree(comparable.collection, fields)
  );
}

/**
 * What a window holds beyond the entries of its scope that are booked in its period. Mostly 0; an entry that names
 * no window, or one that is booked late and moves the window of its start, makes it another number.
 */
function gapOf({ unit }: Comparable, spent: number, sums: EntrySums): number | undefined {
  switch (unit) {
    case "usd":
      return spent - sums.costNanoUsd;
    case "tokens":
      return spent - sums.totalTokens;
    case "requests":
      return spent - sums.calls;
    case undefined:
      return undefined;
    default:
      return unit satisfies never;
  }
}

async function sumEntries(view: LedgerView, comparable: Comparable): Promise<Sums> {
  let sums = NOTHING;
  let read = 0;
  for await (const page of view.entries(comparable.folded)) {
    read += page.length;
    if (read > MAX_ENTRIES) throw new RangeError(`it has more than ${MAX_ENTRIES} entries`);
    sums = page.reduce((sum: Sums, entry: FoldedEntry) => withEntry(sum, entry, comparable), sums);
  }
  return sums;
}

/** A window also holds what was spent before its budget was known, and what open requests have reserved. */
function withWindow(entries: Sums, { doc, stored, held }: FoundDocument): Sums {
  if (doc.collection !== "budget_windows") return entries;
  const spent = addExact(
    numberAt(entries.add, "spent"),
    numberAt(stored?.fields ?? {}, "openingSpent"),
    "spent",
  );
  return { ...entries, add: { spent, held } };
}

/** What open requests have reserved, by window. */
class HeldSums {
  private readonly byWindow = new Map<string, number>();

  take({ windows }: Pick<Hold, "windows">): void {
    for (const { windowId, reserved } of windows.filter(isSettled)) {
      this.byWindow.set(windowId, addExact(this.of(windowId), reserved, "held"));
    }
  }

  of(windowId: string): number {
    return this.byWindow.get(windowId) ?? 0;
  }
}

async function eachWaiting<T>(
  pages: AsyncIterable<readonly T[]>,
  visit: (item: T) => void,
): Promise<void> {
  let seen = 0;
  for await (const page of pages) {
    seen += page.length;
    if (seen > MAX_WAITING) throw new TooMuchWaitingError(`more than ${MAX_WAITING} wait`);
    page.forEach(visit);
  }
}

function missing(fields: Fields, set: Fields): Fields {
  return Object.fromEntries(Object.entries(set).filter(([name]) => fields[name] === undefined));
}

/** What is absent is 0, what is no number equals nothing. */
function numberAt(fields: Fields, name: string): number {
  const value = fields[name] ?? 0;
  return typeof value === "number" ? value : Number.NaN;
}
