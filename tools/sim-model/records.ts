import type { BilledUsage } from "./usage.ts";

/** `refused`: the request was wrong (400, 401, 404). `cut`: the model broke off. `aborted`: the client left. */
export type Outcome = "ok" | "refused" | "fault" | "cut" | "aborted";

/** The model's own memory of one request; it never holds what was said. */
export interface SimRecord {
  readonly seq: number;
  /** The id of the answer (`chatcmpl-…`), null when there was none. */
  readonly id: string | null;
  readonly receivedAt: string;
  /** When the request was over. */
  readonly at: string;
  readonly endpoint: string;
  /** The name in the answer. */
  readonly model: string | null;
  readonly modelRequested: string | null;
  readonly stream: boolean;
  /** The HTTP status, null when none was sent. */
  readonly status: number | null;
  readonly outcome: Outcome;
  /** What the provider bills, whatever the caller was told; null when nothing. */
  readonly usage: BilledUsage | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly requestIdHeader: string;
  readonly headersSeen: Readonly<Record<string, string>>;
  readonly bodyKeys: readonly string[];
  readonly maxTokens: number | null;
}

export interface RecordBook {
  add(record: Omit<SimRecord, "seq">): void;
  /** Records with a higher number, oldest first. */
  since(seq: number): SimRecord[];
  clear(): void;
}

/** Keeps the newest `limit` records. Numbers go on after a clearing, so that `since` stays true. */
export function recordBook(limit: number): RecordBook {
  let slots: SimRecord[] = [];
  let lastSeq = 0;
  let clearedSeq = 0;

  return {
    add(record) {
      lastSeq += 1;
      slots[lastSeq % limit] = { seq: lastSeq, ...record };
    },
    since(seq) {
      const oldest = Math.max(seq, clearedSeq, lastSeq - limit) + 1;
      const count = Math.max(0, lastSeq - oldest + 1);
      const seqs = Array.from({ length: count }, (_, index) => oldest + index);
      return seqs.flatMap((number) => slots[number % limit] ?? []);
    },
    clear() {
      slots = [];
      clearedSeq = lastSeq;
    },
  };
}
