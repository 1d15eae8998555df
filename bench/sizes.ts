/** How much is measured; the whole run is to stay below 15 minutes on an idle machine. */
export interface Sizes {
  readonly rounds: number;
  /** How long each side is called per case and round. */
  readonly windowMs: number;
  /** For each side, plain and streamed. */
  readonly warmUpMs: number;
  /** Calls whose Firestore operations are counted, per case and round. */
  readonly countedCalls: number;
  /** Streams whose first chunk is timed while Firestore is slow, per round. */
  readonly countedStreams: number;
  /** How long one budget is fought for, per way, number of processes and round. */
  readonly hotWindowMs: number;
  readonly grownEntries: readonly number[];
  readonly grownWindowMs: number;
  /** Of each report at each size and round. */
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
  countedCalls: 120,
  countedStreams: 12,
  hotWindowMs: 2_500,
  grownEntries: [1_000, 10_000, 100_000],
  grownWindowMs: 1_500,
  reportCalls: 1,
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
  countedStreams: 4,
  hotWindowMs: 500,
  grownEntries: [500, 1_000],
  grownWindowMs: 300,
  reportCalls: 1,
  abortedStreams: 5,
  delayedCalls: 10,
  imports: 1,
  coldStarts: 1,
};
