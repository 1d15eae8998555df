/** How calls are admitted. */
export type Way = "admission" | "runTransaction";

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
}
