/** How much is measured; the whole run has to stay below ten minutes. */
export interface Sizes {
  readonly rounds: number;
  /** How long each side is called per case and round. */
  readonly windowMs: number;
  /** For each side, plain and streamed. */
  readonly warmUpMs: number;
  /** Calls whose Firestore operations are counted, per case. */
  readonly countedCalls: number;
  readonly hotRounds: number;
  /** How long one budget is fought for, per way, number of processes and round. */
  readonly hotWindowMs: number;
  readonly grownEntries: readonly number[];
  readonly grownWindowMs: number;
  /** Of each report at each size. */
  readonly reportCalls: number;
  readonly abortedStreams: number;
  readonly delayedCalls: number;
  readonly imports: number;
  readonly coldStarts: number;
}

export const FULL: Sizes = {
  rounds: 5,
  windowMs: 2_000,
  warmUpMs: 2_000,
  countedCalls: 240,
  hotRounds: 3,
  hotWindowMs: 3_000,
  grownEntries: [1_000, 10_000, 100_000],
  grownWindowMs: 1_500,
  reportCalls: 5,
  abortedStreams: 50,
  delayedCalls: 100,
  imports: 7,
  coldStarts: 3,
};

/** Shows that everything runs; its figures mean little. */
export const QUICK: Sizes = {
  rounds: 1,
  windowMs: 500,
  warmUpMs: 400,
  countedCalls: 60,
  hotRounds: 1,
  hotWindowMs: 500,
  grownEntries: [500, 1_000],
  grownWindowMs: 300,
  reportCalls: 2,
  abortedStreams: 5,
  delayedCalls: 10,
  imports: 1,
  coldStarts: 1,
};
