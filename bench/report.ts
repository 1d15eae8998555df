import type { Compared, Measured } from "./added-time.ts";
import type { AggregateDelay } from "./aggregate-delay.ts";
import type { ColdStart } from "./cold-start.ts";
import { formatFigure, formatSpread, table } from "./markdown.ts";
import type { CallOperations } from "./operations.ts";
import { ratioOf, spread } from "./statistics.ts";

export interface Results {
  readonly addedTime: readonly Compared[];
  readonly operations: readonly CallOperations[];
  readonly delay: AggregateDelay;
  readonly coldStart: ColdStart;
}

const FIGURES: readonly (readonly [keyof Measured, string])[] = [
  ["callsPerSecond", "calls/s"],
  ["cpuMs", "CPU per call, ms"],
  ["p50Ms", "p50, ms"],
  ["p99Ms", "p99, ms"],
  ["firstChunkP50Ms", "first chunk p50, ms"],
  ["firstChunkP99Ms", "first chunk p99, ms"],
];

export function renderResults({ addedTime, operations, delay, coldStart }: Results): string {
  return [
    "## Added time per call",
    "Tollgate's `chat` against a bare callable that makes the same call with the openai SDK and meters nothing. Median of the rounds, and what they lay between; the ratio is Tollgate's figure divided by the bare one's.",
    ...addedTime.flatMap(renderCase),
    "## Firestore operations per call",
    renderOperations(operations),
    "## From the answer to the aggregate",
    `${delay.calls} calls, one after the other, through the functions emulator: p50 ${formatFigure(delay.p50Ms)} ms, p99 ${formatFigure(delay.p99Ms)} ms, longest ${formatFigure(delay.maxMs)} ms.`,
    "## Cold start",
    `Import of all functions in a new process: ${formatSpread(coldStart.importMs)} ms.`,
    renderPackages(coldStart),
    renderTargets(coldStart),
  ].join("\n\n");
}

function renderCase({ case: { streams, atOnce }, bare, tollgate }: Compared): string[] {
  const figures = streams ? FIGURES : FIGURES.filter(([key]) => !key.startsWith("firstChunk"));
  const rows = figures.map(([key, title]) => {
    const theirs = bare.map((round) => round[key]);
    const ours = tollgate.map((round) => round[key]);
    const added = key.endsWith("Ms") ? ours.map((value, i) => value - (theirs[i] ?? 0)) : [];
    return [
      title,
      formatSpread(spread(theirs)),
      formatSpread(spread(ours)),
      added.length > 0 ? formatSpread(spread(added)) : "",
      formatSpread(ratioOf(ours, theirs)),
    ];
  });
  const shape = streams ? "Streamed in 50 chunks" : "Plain";
  return [
    `### ${shape}, ${atOnce} at once`,
    table(["figure", "bare", "Tollgate", "added", "ratio"], rows),
  ];
}

function renderOperations(operations: readonly CallOperations[]): string {
  const rows = operations
    .flatMap(withSum)
    .map((its) => [
      its.side,
      String(its.budgets),
      String(its.atOnce),
      ...[its.callsPerBatch, its.rpcs, its.writes, its.deletes, its.reads, its.cpuMs].map(
        formatFigure,
      ),
    ]);
  const head = ["side", "alert budgets", "at once", "calls per batch"];
  return table([...head, "RPCs", "writes", "deletes", "reads", "CPU, ms"], rows);
}

/** Behind the trigger's line the sum of both sides, each per call. */
function withSum(
  its: CallOperations,
  _: number,
  all: readonly CallOperations[],
): (Omit<CallOperations, "side"> & { readonly side: string })[] {
  const call = all.find(
    ({ side, budgets, atOnce }) =>
      side === "chat" && budgets === its.budgets && atOnce === its.atOnce,
  );
  if (its.side === "chat" || !call) return [its];
  const sum = {
    ...its,
    side: "together",
    rpcs: call.rpcs + its.rpcs,
    writes: call.writes + its.writes,
    deletes: call.deletes + its.deletes,
    reads: call.reads + its.reads,
    cpuMs: call.cpuMs + its.cpuMs,
  };
  return [its, sum];
}

function renderPackages({ packages }: ColdStart): string {
  const rows = packages.map(({ name, aloneMs, addedMs }) => [
    name,
    formatFigure(aloneMs),
    formatFigure(addedMs),
  ]);
  return table(["imported, in this order", "alone, ms", "after those before it, ms"], rows);
}

function renderTargets({ targets }: ColdStart): string {
  const rows = targets.map(({ target, startMs, firstMs, secondMs }) => [
    target,
    ...[startMs, firstMs, secondMs].map(formatSpread),
  ]);
  return table(["door", "until it listens, ms", "first call, ms", "second call, ms"], rows);
}
