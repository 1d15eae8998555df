/** How calls are admitted: two methods, one of them by either client, so that method and client can be told apart. */
export const WAYS = ["runTransaction", "admissionBySdk", "admission"] as const;
export type Way = (typeof WAYS)[number];

/** What a worker is told. */
export interface Work {
  readonly way: Way;
  /** Whose window, so that each run has one of its own. */
  readonly scopeId: string;
  readonly durationMs: number;
}

/** What it answers. */
export interface Done {
  /** Of each admitted call. */
  readonly tookMs: readonly number[];
  /** Of each call that was still under way a second after the end. */
  readonly soFarMs: readonly number[];
  /** Calls that were not admitted within all their tries. */
  readonly failed: number;
  /** Commits, or runs of a transaction. */
  readonly tries: number;
  /** User and system time of the process. */
  readonly cpuMs: number;
}
