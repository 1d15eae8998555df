import type { Admitter } from "../admitter.ts";
import type { AggregateDeps } from "../aggregate.ts";
import type { Journal } from "../journal.ts";
import type { Outbox } from "../outbox.ts";
import type { LedgerStore } from "../port.ts";
import type { RecordResult } from "../record-once.ts";
import type { Settler } from "../settler.ts";

/** One call that somebody wanted made, and what became of it. */
export interface CallRecord {
  readonly spec: CallSpec;
  readonly nonce: string;
  /** What care may charge: of an admission that is not certain, of each of its tries. */
  readonly boundsNanoUsd: number[];
  actualNanoUsd: number;
  /** Entries that it comes to. */
  attempts: number;
  /** How many requests it counts. */
  requests: number;
  readonly expiresAtMs: number;
  readonly by: Process;
  /** The provider was called: it is billed. */
  reached: boolean;
  /** Whether it was held against `block` budgets. */
  admitted: boolean;
  ended: "open" | "refused" | "ledger" | "elsewhere";
  /** Whether its caller has left, and before what. */
  leftBefore: "sent" | "answered" | undefined;
  /** Resolves when its caller leaves. */
  readonly left: PromiseWithResolvers<void>;
  /** When it was refused, or when its hold was taken back after that. */
  overAtMs: number | undefined;
}

export interface CallSpec {
  /** The client's own request id; undefined: one is made here. */
  readonly clientId: number | undefined;
  /** Whether it waits for its hold although the id is made here. */
  readonly waits: boolean;
  readonly user: "alice" | "bob";
  readonly session: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Whether it ignores the limit that an admission gave it. */
  readonly overruns: boolean;
  /** Whether the provider refuses the connection: nothing is sent. */
  readonly isRefused: boolean;
  /** Whether it needs a second attempt, for which its hold has to be raised. */
  readonly raises: boolean;
}

export interface TrackRecord {
  readonly entryId: string;
  readonly payloadHash: string;
  readonly status: RecordResult["status"] | "failed";
}

/** An instance of the functions: when it dies, nothing that it waits for ever comes. */
export interface Process {
  alive: boolean;
  knowsBudgetsOfMs: number;
  readonly store: LedgerStore;
  readonly journal: Journal;
  readonly admitter: Admitter;
  readonly settler: Settler;
  readonly aggregate: AggregateDeps;
}

export interface TriggerEvent {
  readonly id: string;
  readonly outbox: Outbox;
}
