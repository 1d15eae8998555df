/** Loaded into a served process (--import): tells the bench by IPC what the process has used so far. */
import { countOperations, type Operations } from "./operations.ts";

export interface Used {
  /** User and system time of all its threads. */
  readonly cpuMs: number;
  /** Undefined unless it was asked to count, which costs a little time of its own. */
  readonly operations: Operations | undefined;
}

const operations = process.env.TOLLGATE_BENCH_COUNT === "1" ? countOperations() : undefined;

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  const used: Used = { cpuMs: (user + system) / 1000, operations };
  process.send?.(used);
});
