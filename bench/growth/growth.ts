import { ask } from "../callable.ts";
import { questions } from "../conversation.ts";
import { keepCalling } from "../load.ts";
import { type Side, tollgateSide } from "../sides.ts";
import type { Sizes } from "../sizes.ts";
import { fill } from "./fill.ts";
import { type GrownReport, measureReports } from "./reports.ts";

/** Calls on a ledger of so many entries, by round. */
export interface GrownCalls {
  readonly entries: number;
  readonly fillSeconds: number;
  readonly callsPerSecond: readonly number[];
  readonly cpuMs: readonly number[];
}

export interface Growth {
  readonly dayOfMonth: number;
  readonly calls: readonly GrownCalls[];
  readonly reports: readonly GrownReport[];
}

const AT_ONCE = 16;
const WARM_UP_CALLS = 100;

/** What a ledger that has grown costs: the calls that add to it, and the reports that read it. */
export async function measureGrowth(sizes: Sizes, say: (line: string) => void): Promise<Growth> {
  const fillSeconds: number[] = [];
  for (const entries of sizes.grownEntries) {
    const startedMs = performance.now();
    await fill(databaseOf(entries), entries);
    const seconds = (performance.now() - startedMs) / 1_000;
    say(`  ${entries} entries in ${seconds.toFixed(1)} s`);
    fillSeconds.push(seconds);
  }
  const dayOfMonth = new Date().getUTCDate();
  const reports = await measureReports(sizes, databaseOf);
  say("  reports are measured");
  return { dayOfMonth, calls: await measureCalls(sizes, fillSeconds), reports };
}

function databaseOf(entries: number): string {
  return `bench-growth-${entries}`;
}

/** The sizes in turns, so that what else the machine does meets all of them. */
async function measureCalls(
  { grownEntries, rounds, grownWindowMs }: Sizes,
  fillSeconds: readonly number[],
): Promise<GrownCalls[]> {
  const grown: { side: Side; callsPerSecond: number[]; cpuMs: number[] }[] = [];
  try {
    for (const entries of grownEntries) {
      const side = await tollgateSide({ target: "chat", database: databaseOf(entries) });
      grown.push({ side, callsPerSecond: [], cpuMs: [] });
      await callChat(side, { calls: WARM_UP_CALLS });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const { side, ...figures } of round % 2 === 0 ? grown : grown.toReversed()) {
        const before = await side.served.used();
        const { answers, elapsedMs } = await callChat(side, { durationMs: grownWindowMs });
        const after = await side.served.used();
        figures.callsPerSecond.push((answers.length / elapsedMs) * 1_000);
        figures.cpuMs.push((after.cpuMs - before.cpuMs) / answers.length);
      }
    }
  } finally {
    for (const { side } of grown) await side.served.stop();
  }
  return grown.map(({ callsPerSecond, cpuMs }, at) => ({
    entries: grownEntries[at] ?? Number.NaN,
    fillSeconds: fillSeconds[at] ?? Number.NaN,
    callsPerSecond,
    cpuMs,
  }));
}

function callChat({ served, signIn }: Side, until: { durationMs: number } | { calls: number }) {
  const questionAt = questions(served.origin, signIn, { streams: false });
  return keepCalling((index) => ask(questionAt(index)), AT_ONCE, until);
}
