import { availableParallelism, cpus, loadavg, totalmem, type } from "node:os";

const GIB = 1024 ** 3;

/** What the figures depend on; nothing that says whose machine it is. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() || "unknown CPU";
  const cores = availableParallelism();
  const memory = Math.round(totalmem() / GIB);
  const versions = `Node ${process.versions.node}, ${type()} ${process.arch}`;
  return `${model}, ${cores} cores, ${memory} GiB; ${versions}`;
}

/** How many processes wanted a core in the last minute: well above 0 at the start, others disturb the run. */
export function currentLoad(): string {
  return (loadavg()[0] ?? Number.NaN).toFixed(1);
}
