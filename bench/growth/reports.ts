import { adminToken } from "../admin.ts";
import { ask, type Question } from "../callable.ts";
import { keepCalling } from "../load.ts";
import { type Served, serve } from "../served/framework.ts";
import type { Sizes } from "../sizes.ts";
import { median } from "../statistics.ts";
import { userId } from "./fill.ts";

/** A report's door at one number of entries, by round. */
export interface GrownReport {
  readonly entries: number;
  readonly report: string;
  readonly callMs: readonly number[];
  readonly cpuMs: readonly number[];
  readonly documents: readonly number[];
  /** As they are billed: those documents, and what else queries cost. */
  readonly reads: readonly number[];
}

const USER = userId(1);
export const TOP_USERS = 50;

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

/** Each door at each size in a process of its own, door by door; within a door the sizes in turns, round by round. */
export async function measureReports(
  sizes: Sizes,
  databaseOf: (entries: number) => string,
): Promise<GrownReport[]> {
  const token = await adminToken();
  const measured: GrownReport[] = [];
  for (const door of new Set(REPORTS.map((report) => report.door))) {
    const served = new Map<number, Served>();
    try {
      for (const entries of sizes.grownEntries) {
        const env = { DATABASE_ID: databaseOf(entries), TOLLGATE_BENCH_COUNT: "1" };
        const preload = ["side-door.ts"];
        served.set(entries, await serve({ source: "functions", target: door, env, preload }));
      }
      for (const { asked, data } of REPORTS.filter((report) => report.door === door)) {
        const question = { token, body: JSON.stringify({ data }), streams: false };
        measured.push(...(await measureReport(served, `${door}, ${asked}`, question, sizes)));
      }
    } finally {
      for (const each of served.values()) await each.stop();
    }
  }
  return measured;
}

async function measureReport(
  served: ReadonlyMap<number, Served>,
  report: string,
  question: Omit<Question, "url">,
  { rounds, reportCalls }: Sizes,
): Promise<GrownReport[]> {
  const bySize = [...served].map(([entries, each]) => ({
    figures: {
      ...{ entries, report },
      ...{ callMs: [] as number[], cpuMs: [] as number[] },
      ...{ documents: [] as number[], reads: [] as number[] },
    },
    measure: () => measureCalls(each, { ...question, url: each.origin }, reportCalls),
  }));
  for (const { measure } of bySize) await measure(); // Loads what is loaded at the first call.
  for (let round = 0; round < rounds; round += 1) {
    for (const { figures, measure } of round % 2 === 0 ? bySize : bySize.toReversed()) {
      const { callMs, cpuMs, documents, reads } = await measure();
      figures.callMs.push(callMs);
      figures.cpuMs.push(cpuMs);
      figures.documents.push(documents);
      figures.reads.push(reads);
    }
  }
  return bySize.map(({ figures }) => figures);
}

async function measureCalls(served: Served, question: Question, calls: number) {
  const before = await served.used();
  const { answers } = await keepCalling(() => ask(question), 1, { calls });
  const after = await served.used();
  const perCall = (name: "documents" | "reads") =>
    ((after.operations?.[name] ?? Number.NaN) - (before.operations?.[name] ?? 0)) / calls;
  return {
    callMs: median(answers.map(({ totalMs }) => totalMs)),
    cpuMs: (after.cpuMs - before.cpuMs) / calls,
    documents: perCall("documents"),
    reads: perCall("reads"),
  };
}
