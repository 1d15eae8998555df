import { constants } from "node:os";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/**
 * Calls back on the first signal to stop. Later ones change nothing: npm passes on the Ctrl-C that
 * the terminal has already delivered, and a second one must not cut the tidying short.
 */
export function onFirstStopSignal(callback: (signal: StopSignal) => void): void {
  let seen = false;
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (seen) return;
      seen = true;
      callback(signal);
    });
  }
}

/** What a shell reports for a process that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
