import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Sizes } from "../sizes.ts";
import { percentile } from "../statistics.ts";
import { type Done, WAYS, type Way, type Work } from "./work.ts";

/** One way of admission by so many processes in one round. */
export interface HotMeasured {
  readonly callsPerSecond: number;
  /** Calls that were still open at the end count with what they had taken. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of all calling processes together, per admitted call. */
  readonly cpuMs: number;
  /** Per admitted call: below 1 where calls share a commit. */
  readonly tries: number;
  /** Share of the calls that had failed, or were still open a second after the end. */
  readonly notAdmitted: number;
}

/** By round. */
export interface HotCompared extends Readonly<Record<Way, readonly HotMeasured[]>> {
  readonly processes: number;
}

const PROCESSES = [1, 4, 8];
const WARM_UP_MS = 300;
const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));

/** Many processes that want room in one window of one budget. */
export async function measureHotBudget(
  { rounds, hotWindowMs }: Sizes,
  say: (line: string) => void,
): Promise<HotCompared[]> {
  const compared = PROCESSES.map((processes) => ({
    processes,
    runTransaction: [] as HotMeasured[],
    admissionBySdk: [] as HotMeasured[],
    admission: [] as HotMeasured[],
  }));
  for (let round = 0; round < rounds; round += 1) {
    say(`  round ${round + 1} of ${rounds}`);
    for (const figures of compared) {
      for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
        const scopeId = `${way}-${figures.processes}-${round}`;
        figures[way].push(await run(figures.processes, { way, scopeId, durationMs: hotWindowMs }));
      }
    }
  }
  return compared;
}

/** In processes of their own, for transactions go on for a minute after their end was waited for. */
async function run(processes: number, work: Work): Promise<HotMeasured> {
  const workers = Array.from({ length: processes }, () => fork(WORKER));
  try {
    await Promise.all(workers.map((worker) => answerOf(worker)));
    await tell(workers, { ...work, scopeId: `warm-${work.scopeId}`, durationMs: WARM_UP_MS });
    return measured(await tell(workers, work), work.durationMs);
  } finally {
    for (const worker of workers) worker.kill("SIGKILL");
  }
}

async function tell(workers: readonly ChildProcess[], work: Work): Promise<Done[]> {
  const answers = workers.map((worker) => answerOf(worker));
  for (const worker of workers) worker.send(work);
  return (await Promise.all(answers)) as Done[];
}

function measured(done: readonly Done[], durationMs: number): HotMeasured {
  const admittedMs = done.flatMap(({ tookMs }) => tookMs);
  const openMs = done.flatMap(({ soFarMs }) => soFarMs);
  const failed = done.reduce((sum, each) => sum + each.failed, 0);
  const tries = done.reduce((sum, each) => sum + each.tries, 0);
  const cpuMs = done.reduce((sum, each) => sum + each.cpuMs, 0);
  const notAdmitted = openMs.length + failed;
  return {
    callsPerSecond: (admittedMs.length / durationMs) * 1_000,
    p50Ms: percentile([...admittedMs, ...openMs], 50),
    p99Ms: percentile([...admittedMs, ...openMs], 99),
    cpuMs: cpuMs / admittedMs.length,
    tries: tries / admittedMs.length,
    notAdmitted: notAdmitted / (notAdmitted + admittedMs.length),
  };
}

/** @throws Error when the process ends instead */
async function answerOf(worker: ChildProcess): Promise<unknown> {
  const given = new AbortController();
  const ended = once(worker, "exit", { signal: given.signal }).then(() => {
    throw new Error("a worker of the hot budget has ended");
  });
  try {
    const [message] = await Promise.race([once(worker, "message"), ended]);
    return message;
  } finally {
    given.abort();
    ended.catch(() => {});
  }
}
