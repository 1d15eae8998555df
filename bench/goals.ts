import type { Case, Compared, Measured } from "./added-time.ts";
import type { BeforeProvider } from "./before-provider.ts";
import type { Growth } from "./growth/growth.ts";
import { TOP_USERS } from "./growth/reports.ts";
import { formatSpread, table } from "./markdown.ts";
import {
  BUDGETS,
  type BudgetKind,
  type CallOperations,
  FAST_LOAD,
  type OperationsMeasured,
  together,
} from "./operations.ts";
import { ratioOf, type Spread, spread } from "./statistics.ts";

/** What was aimed at, held against the median of the rounds. */
export interface Goal {
  readonly goal: string;
  readonly measured: Spread;
  readonly isReached: boolean;
}

/** Plain and streamed: so many times the bare callable's calls/s, and calls per CPU second. */
const TIMES = { plain: 1.5, streamed: 2.5 };
const THROUGHPUT_AT_ONCE = [16, 64];
const MAX_LATER_MS = 1;
const MAX_SLOWER = 1.03;
const MAX_OPERATIONS = { writes: 5, deletes: 3, rpcs: 0.6 };
const MAX_READS = 2;
/** Of the time by which Firestore was slower: less is no waiting, but the machine's own unrest. */
const UNREST = 0.1;

export function renderGoals(goals: readonly Goal[]): string[] {
  const rows = goals.map(({ goal, measured, isReached }) => [
    goal,
    formatSpread(measured),
    isReached ? "reached" : "**not reached**",
  ]);
  return [
    "Reckoned from the figures above; the median of the rounds decides. A ratio is Tollgate's figure divided by the bare callable's of the same round. docs/performance.md says where each goal comes from, and what stands in the way of those that are missed.",
    table(["goal", "measured", "reached"], rows),
  ];
}

export function goalsOfAddedTime(compared: readonly Compared[]): Goal[] {
  return [
    ...(["plain", "streamed"] as const).flatMap((shape) =>
      THROUGHPUT_AT_ONCE.flatMap((atOnce) => throughputGoals(compared, shape, atOnce)),
    ),
    ...latencyGoals(compared),
  ];
}

function throughputGoals(
  compared: readonly Compared[],
  shape: keyof typeof TIMES,
  atOnce: number,
): Goal[] {
  const its = { streams: shape === "streamed", atOnce };
  const calls = roundsOf(compared, its, "callsPerSecond");
  const cpu = roundsOf(compared, its, "cpuMs");
  const least = TIMES[shape];
  const where = `${shape}, ${atOnce} at once: at least ${least} times`;
  return [
    atLeast(`${where} the calls/s`, ratioOf(calls.ours, calls.theirs), least),
    // Calls per CPU second are the inverse of CPU per call.
    atLeast(`${where} the calls per CPU second`, ratioOf(cpu.theirs, cpu.ours), least),
  ];
}

function latencyGoals(compared: readonly Compared[]): Goal[] {
  const first = roundsOf(compared, { streams: true, atOnce: 16 }, "firstChunkP50Ms");
  const firstAlone = roundsOf(compared, { streams: true, atOnce: 1 }, "firstChunkP50Ms");
  const added = firstAlone.ours.map((ms, round) => ms - (firstAlone.theirs[round] ?? Number.NaN));
  const alone = roundsOf(compared, { streams: true, atOnce: 1 }, "callsPerSecond");
  const slow = roundsOf(compared, { streams: false, atOnce: 1, modelMs: 300 }, "p50Ms");
  const half = "streamed, 16 at once: first chunk p50 at most half of the bare one's";
  const later = `streamed, 1 at once: first chunk p50 at most ${MAX_LATER_MS} ms later, ms`;
  const slower = "plain, 1 at once, a model that takes 300 ms: at most 3 % slower at p50";
  return [
    atMost(half, ratioOf(first.ours, first.theirs), 0.5),
    atMost(later, spread(added), MAX_LATER_MS),
    atLeast("streamed, 1 at once: at least as many calls/s", ratioOf(alone.ours, alone.theirs), 1),
    atMost(slower, ratioOf(slow.ours, slow.theirs), MAX_SLOWER),
  ];
}

function roundsOf(
  compared: readonly Compared[],
  { streams, atOnce, modelMs }: Case,
  figure: keyof Measured,
): Readonly<Record<"ours" | "theirs", readonly number[]>> {
  const found = compared.find(
    ({ case: its }) => its.streams === streams && its.atOnce === atOnce && its.modelMs === modelMs,
  );
  if (!found) throw new Error(`nothing was measured at ${atOnce} at once`);
  return {
    ours: found.tollgate.map((round) => round[figure]),
    theirs: found.bare.map((round) => round[figure]),
  };
}

export function goalsOfBeforeProvider({ slowerMs, usualMs, slowMs }: BeforeProvider): Goal[] {
  const later = slowMs.map((ms, round) => ms - (usualMs[round] ?? Number.NaN));
  const goal = `no waiting before the provider is called: with Firestore slower by ${slowerMs} ms the first chunk is not later, ms`;
  return [atMost(goal, spread(later), UNREST * slowerMs)];
}

export function goalsOfOperations(operations: readonly CallOperations[]): Goal[] {
  const roundsOf = (budget: BudgetKind) => {
    const its = operations.find((each) => each.budget === budget && each.load === FAST_LOAD);
    if (!its) throw new Error(`nothing was counted for the budget ${budget}`);
    const rounds = together(its);
    return (key: keyof OperationsMeasured) => spread(rounds.map((round) => round[key]));
  };
  const without = roundsOf("none");
  const where = `call and trigger together, ${FAST_LOAD.atOnce} at once`;
  return [
    ...(["writes", "deletes", "rpcs"] as const).map((key) => {
      const name = key === "rpcs" ? "RPCs" : key;
      const most = MAX_OPERATIONS[key];
      return atMost(`${where}: at most ${most} ${name} per call`, without(key), most);
    }),
    ...BUDGETS.map((budget) => {
      const which = budget === "none" ? "without a budget" : `under a budget that ${budget}s`;
      const goal = `${where}, ${which}: at most ${MAX_READS} reads per call`;
      return atMost(goal, roundsOf(budget)("reads"), MAX_READS);
    }),
  ];
}

export function goalsOfGrowth({ reports }: Growth): Goal[] {
  const top = reports.filter(({ report }) => report.startsWith("getTopUsers")).at(-1);
  if (!top) throw new Error("top users were not measured");
  const most = TOP_USERS + 1;
  const goal = `top ${TOP_USERS} users over ${top.entries} entries: at most ${most} documents read`;
  return [atMost(goal, spread(top.documents), most)];
}

function atLeast(goal: string, measured: Spread, least: number): Goal {
  return { goal, measured, isReached: measured.median >= least };
}

function atMost(goal: string, measured: Spread, most: number): Goal {
  return { goal, measured, isReached: measured.median <= most };
}
