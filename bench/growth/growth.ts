import { adminToken } from "../admin.ts";
import { ask } from "../callable.ts";
import { questions } from "../conversation.ts";
import { keepCalling } from "../load.ts";
import { serve } from "../served/framework.ts";
import { type Side, tollgateSide } from "../sides.ts";
import type { Sizes } from "../sizes.ts";
import { median } from "../statistics.ts";
import { fill, userId } from "./fill.ts";

/** A report's door at one number of entries. */
export interface ReportMeasured {
  readonly entries: number;
  readonly report: string;
  readonly p50Ms: number;
  readonly documentsRead: number;
}

export interface Growth {
  readonly fillSeconds: readonly { readonly entries: number; readonly seconds: number }[];
  /** By number of entries, calls/s by round. */
  readonly calls: readonly {
    readonly entries: number;
    readonly callsPerSecond: readonly number[];
  }[];
  readonly reports: readonly ReportMeasured[];
}

const AT_ONCE = 16;
const WARM_UP_CALLS = 100;
const USER = userId(1);
const TOP_USERS = 50;

/** What is asked of each door; "everybody" is an admin's question. */
const REPORTS: readonly { readonly door: string; readonly asked: string; readonly data: object }[] =
  [
    { door: "getUsage", asked: "a user's month", data: { userId: USER } },
    { door: "getUsage", asked: "a user's, by model", data: { userId: USER, groupBy: "model" } },
    { door: "getUsage", asked: "everybody's month", data: {} },
    { door: "getUsage", asked: "everybody's, by agent", data: { groupBy: "agent" } },
    { door: "getSummary", asked: "a user's", data: { userId: USER } },
    { door: "getSummary", asked: "everybody's", data: {} },
    { door: "getSessionUsage", asked: "one", data: { userId: USER, sessionId: "session-1" } },
    { door: "getTopUsers", asked: `${TOP_USERS} users`, data: { limit: TOP_USERS } },
    { door: "listEntries", asked: "50 of a user's", data: { userId: USER, limit: 50 } },
    { door: "listEntries", asked: "50 of everybody's", data: { limit: 50 } },
  ];

/** What a ledger that has grown costs: the calls that add to it, and the reports that read it. */
export async function measureGrowth(sizes: Sizes, say: (line: string) => void): Promise<Growth> {
  const fillSeconds: { entries: number; seconds: number }[] = [];
  for (const entries of sizes.grownEntries) {
    const startedMs = performance.now();
    await fill(databaseOf(entries), entries);
    const seconds = (performance.now() - startedMs) / 1_000;
    say(`  ${entries} entries in ${seconds.toFixed(1)} s`);
    fillSeconds.push({ entries, seconds });
  }
  const token = await adminToken();
  const reports: ReportMeasured[] = [];
  for (const entries of sizes.grownEntries) {
    reports.push(...(await measureReports(entries, token, sizes)));
  }
  return { fillSeconds, calls: await measureCalls(sizes), reports };
}

function databaseOf(entries: number): string {
  return `bench-growth-${entries}`;
}

/** The sizes in turns, so that what else the machine does meets all of them. */
async function measureCalls({ grownEntries, rounds, grownWindowMs }: Sizes) {
  const sides = new Map<number, { side: Side; callsPerSecond: number[] }>();
  try {
    for (const entries of grownEntries) {
      const side = await tollgateSide({ target: "chat", database: databaseOf(entries) });
      sides.set(entries, { side, callsPerSecond: [] });
      await callChat(side, { calls: WARM_UP_CALLS });
    }
    for (let round = 0; round < rounds; round += 1) {
      const inOrder = round % 2 === 0 ? [...sides.values()] : [...sides.values()].reverse();
      for (const { side, callsPerSecond } of inOrder) {
        const { answers, elapsedMs } = await callChat(side, { durationMs: grownWindowMs });
        callsPerSecond.push((answers.length / elapsedMs) * 1_000);
      }
    }
  } finally {
    for (const { side } of sides.values()) await side.served.stop();
  }
  return [...sides].map(([entries, { callsPerSecond }]) => ({ entries, callsPerSecond }));
}

function callChat({ served, signIn }: Side, until: { durationMs: number } | { calls: number }) {
  const questionAt = questions(served.origin, signIn, { streams: false });
  return keepCalling((index) => ask(questionAt(index)), AT_ONCE, until);
}

async function measureReports(
  entries: number,
  token: string,
  { reportCalls }: Sizes,
): Promise<ReportMeasured[]> {
  const measured: ReportMeasured[] = [];
  for (const target of new Set(REPORTS.map(({ door }) => door))) {
    const env = { DATABASE_ID: databaseOf(entries), TOLLGATE_BENCH_COUNT: "1" };
    const preload = ["side-door.ts"];
    const served = await serve({ source: "functions", target, env, preload });
    const reads = async () => (await served.used()).operations?.reads ?? Number.NaN;
    try {
      for (const { asked, data } of REPORTS.filter(({ door }) => door === target)) {
        const body = JSON.stringify({ data });
        const question = { url: served.origin, token, body, streams: false };
        await ask(question);
        const before = await reads();
        const { answers } = await keepCalling(() => ask(question), 1, { calls: reportCalls });
        measured.push({
          entries,
          report: `${target}, ${asked}`,
          p50Ms: median(answers.map(({ totalMs }) => totalMs)),
          documentsRead: ((await reads()) - before) / reportCalls,
        });
      }
    } finally {
      await served.stop();
    }
  }
  return measured;
}
