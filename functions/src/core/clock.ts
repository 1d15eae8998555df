/** Time is an argument: entrypoints pass the real one, tests one that they move. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Runs `callback` once after `delayMs`; the returned function takes that back. */
  schedule(delayMs: number, callback: () => void): () => void;
  /** Runs `callback` when the process has taken in what has reached it by now. */
  soon(callback: () => void): void;
}
