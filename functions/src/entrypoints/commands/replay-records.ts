import { decodeSettlement } from "../../ledger/overflow.ts";
import type { Settlement } from "../../ledger/settle.ts";
import { jsonIn, unsettledIn } from "../unsettled-line.ts";
import type { LogRecord } from "./log-records.ts";

/** Settlements on their way to the ledger at once. */
const LANES = 16;
/** So many failures in a row: the ledger takes nothing, and the rest would fail too. */
const GIVE_UP_AFTER = 3 * LANES;
const PROGRESS_EVERY = 1_000;

export interface ReplayDeps {
  readonly now: Date;
  /** @throws when the ledger did not take it */
  settle(settlement: Settlement): Promise<"written" | "already">;
  onProgress(summary: ReplaySummary): void;
}

export interface ReplaySummary {
  /** Records that hold a settlement. */
  readonly read: number;
  readonly restored: number;
  readonly already: number;
  /** Another try would not help. */
  readonly refused: readonly ReplayProblem[];
  /** Another try may help. */
  readonly failed: readonly ReplayProblem[];
  /** Records that hold no settlement. */
  readonly others: number;
  /** Whether it ended before the records did. */
  readonly gaveUp: boolean;
}

export interface ReplayProblem {
  readonly line: number;
  readonly reason: string;
}

/** Brings what was logged to the ledger, some at once; what is there already stays as it is. */
export async function replayRecords(
  records: AsyncIterator<LogRecord>,
  deps: ReplayDeps,
): Promise<ReplaySummary> {
  const refused: ReplayProblem[] = [];
  const failed: ReplayProblem[] = [];
  const count = { read: 0, restored: 0, already: 0, others: 0, gaveUp: false };
  let failuresInARow = 0;
  const oneByOne = queues();
  const settle = async (line: number, settlement: Settlement) => {
    try {
      const entryId = settlement.entries[0]?.entryId ?? "";
      const result = await oneByOne(entryId, () => deps.settle(settlement));
      count[result === "written" ? "restored" : "already"] += 1;
      failuresInARow = 0;
    } catch (cause) {
      failed.push({ line, reason: nameOf(cause) });
      failuresInARow += 1;
    }
  };
  const take = async (record: LogRecord) => {
    const found = settlementIn(record, deps.now);
    if (found === undefined) {
      count.others += 1;
      return;
    }
    if ("problem" in found) refused.push({ line: record.line, reason: found.problem });
    else await settle(record.line, found.settlement);
    count.read += 1;
    if (count.read % PROGRESS_EVERY === 0) deps.onProgress({ ...count, refused, failed });
  };
  const lane = async () => {
    while (!count.gaveUp) {
      const { done, value } = await records.next();
      if (done) return;
      await take(value);
      count.gaveUp ||= failuresInARow >= GIVE_UP_AFTER;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { ...count, refused, failed };
}

/** A request may be logged more than once; two lines of it at once could not say which of them restored it. */
function queues(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}

type Found = { readonly settlement: Settlement } | { readonly problem: string };

function settlementIn({ text }: LogRecord, now: Date): Found | undefined {
  let unsettled: string | undefined;
  try {
    const record = jsonIn(text.trimEnd().replace(/,$/, ""));
    if (record === undefined && /"unsettled(Gzip)?"/.test(text)) {
      return { problem: "the line is not whole" };
    }
    unsettled = unsettledIn(record);
  } catch {
    return { problem: "what was compressed is damaged" };
  }
  if (unsettled === undefined) return undefined;
  const decoded = decodeSettlement(unsettled);
  return "problem" in decoded ? decoded : (tooOld(decoded.settlement, now) ?? decoded);
}

/** An entry of that age may have been written, and deleted since: written again, it would be counted twice. */
function tooOld({ entries }: Settlement, now: Date): Found | undefined {
  const expired = entries.find(({ expireAt }) => expireAt <= now);
  if (!expired) return undefined;
  return { problem: `the ledger keeps it until ${expired.expireAt.toISOString()} only` };
}

/** With what lies under it, which says why. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause === undefined ? cause.message : `${cause.message}: ${nameOf(cause.cause)}`;
}
