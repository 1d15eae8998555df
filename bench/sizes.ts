/** How much is measured; the whole run has to stay below six minutes. */
export interface Sizes {
  readonly rounds: number;
  /** How long each side is called per case and round. */
  readonly windowMs: number;
  /** For each side, plain and streamed. */
  readonly warmUpMs: number;
  /** Calls whose Firestore operations are counted, per case. */
  readonly countedCalls: number;
  readonly delayedCalls: number;
  readonly imports: number;
  readonly coldStarts: number;
}

export const FULL: Sizes = {
  rounds: 5,
  windowMs: 2_500,
  warmUpMs: 2_000,
  countedCalls: 400,
  delayedCalls: 100,
  imports: 7,
  coldStarts: 3,
};

/** Shows that everything runs; its figures mean little. */
export const QUICK: Sizes = {
  rounds: 1,
  windowMs: 700,
  warmUpMs: 500,
  countedCalls: 60,
  delayedCalls: 10,
  imports: 1,
  coldStarts: 1,
};
