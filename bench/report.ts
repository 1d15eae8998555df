import type { AbortDelay } from "./abort.ts";
import type { Compared, Measured } from "./added-time.ts";
import type { AggregateDelay } from "./aggregate-delay.ts";
import type { ColdStart } from "./cold-start.ts";
import type { Growth } from "./growth/growth.ts";
import type { HotCompared, HotMeasured } from "./hot-budget/hot-budget.ts";
import { formatFigure, formatSpread, table } from "./markdown.ts";
import type { CallOperations } from "./operations.ts";
import { ratioOf, spread } from "./statistics.ts";

const FIGURES: readonly (readonly [keyof Measured, string])[] = [
  ["callsPerSecond", "calls/s"],
  ["cpuMs", "CPU per call, ms"],
  ["p50Ms", "p50, ms"],
  ["p99Ms", "p99, ms"],
  ["firstChunkP50Ms", "first chunk p50, ms"],
  ["firstChunkP99Ms", "first chunk p99, ms"],
];

/** Each part of the results: what stands under its heading. */
export const RENDERED = {
  addedTime: (compared: readonly Compared[]) => [
    "Tollgate's `chat` against a bare callable that makes the same call with the openai SDK and meters nothing. Median of the rounds, and what they lay between; the ratio is Tollgate's figure divided by the bare one's.",
    ...compared.flatMap(renderCase),
  ],
  operations: (operations: readonly CallOperations[]) => [renderOperations(operations)],
  hotBudget: (compared: readonly HotCompared[]) => [
    "Processes of 16 callers each, all against one window, for which admission's compare and set is held against Firestore's `runTransaction`; nothing settles. Calls that were still open a second after the end count as not admitted, and in the times with what they had taken. Median of the rounds, and what they lay between.",
    renderHotBudget(compared),
  ],
  growth: renderGrowth,
  aborts: ({ streams, delayMs }: AbortDelay) => [
    `${streams} streams, one after the other, left after their first piece: the model's connection was closed ${formatSpread(delayMs)} ms later.`,
  ],
  delay: ({ calls, p50Ms, p99Ms, maxMs }: AggregateDelay) => [
    `${calls} calls, one after the other, through the functions emulator: p50 ${formatFigure(p50Ms)} ms, p99 ${formatFigure(p99Ms)} ms, longest ${formatFigure(maxMs)} ms.`,
  ],
  coldStart: (coldStart: ColdStart) => [
    `Import of all functions in a new process: ${formatSpread(coldStart.importMs)} ms.`,
    renderPackages(coldStart),
    renderTargets(coldStart),
  ],
};

function renderCase({ case: its, bare, tollgate }: Compared): string[] {
  const { streams, atOnce, modelMs } = its;
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
  const model = modelMs === undefined ? "" : `, a model that takes ${modelMs} ms`;
  return [
    `### ${shape}, ${atOnce} at once${model}`,
    table(["figure", "bare", "Tollgate", "added", "ratio"], rows),
  ];
}

function renderOperations(operations: readonly CallOperations[]): string {
  const rows = operations
    .flatMap(withSum)
    .map((its) => [
      its.side,
      its.budget,
      String(its.load.atOnce),
      String(its.load.modelMs),
      ...[its.callsPerBatch, its.rpcs, its.writes, its.deletes, its.reads, its.cpuMs].map(
        formatFigure,
      ),
    ]);
  const head = ["side", "budget", "at once", "model, ms", "calls per batch"];
  return table([...head, "RPCs", "writes", "deletes", "reads", "CPU, ms"], rows);
}

/** Behind the trigger's line the sum of both sides, each per call. */
function withSum(
  its: CallOperations,
  _: number,
  all: readonly CallOperations[],
): (Omit<CallOperations, "side"> & { readonly side: string })[] {
  const call = all.find(
    ({ side, budget, load }) => side === "chat" && budget === its.budget && load === its.load,
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

const HOT_FIGURES: readonly (readonly [keyof HotMeasured, string])[] = [
  ["callsPerSecond", "calls/s"],
  ["p50Ms", "p50, ms"],
  ["p99Ms", "p99, ms"],
  ["tries", "tries per call"],
  ["notAdmitted", "not admitted, share"],
];

function renderHotBudget(compared: readonly HotCompared[]): string {
  const rows = compared.flatMap(({ processes, admission, runTransaction }) =>
    HOT_FIGURES.map(([key, title]) => {
      const theirs = runTransaction.map((round) => round[key]);
      const ours = admission.map((round) => round[key]);
      return [
        String(processes),
        title,
        formatSpread(spread(theirs)),
        formatSpread(spread(ours)),
        formatSpread(ratioOf(ours, theirs)),
      ];
    }),
  );
  return table(["processes", "figure", "runTransaction", "Tollgate", "ratio"], rows);
}

function renderGrowth({ fillSeconds, calls, reports }: Growth): string[] {
  const sizes = calls.map(({ entries }) => entries);
  const smallest = calls[0]?.callsPerSecond ?? [];
  const callRows = calls.map(({ entries, callsPerSecond }) => [
    String(entries),
    formatSpread(spread(callsPerSecond)),
    formatSpread(ratioOf(callsPerSecond, smallest)),
    formatFigure(fillSeconds.find((each) => each.entries === entries)?.seconds ?? Number.NaN),
  ]);
  const names = [...new Set(reports.map(({ report }) => report))];
  const reportRows = names.map((name) => [
    name,
    ...sizes.flatMap((entries) => {
      const at = reports.find((each) => each.report === name && each.entries === entries);
      return at ? [formatFigure(at.p50Ms), formatFigure(at.documentsRead)] : ["-", "-"];
    }),
  ]);
  return [
    "Calls of `chat`, 16 at once, on a ledger that holds so many entries; the ratio is to the smallest. Writing the entries by the ledger's own plans took so long.",
    table(["entries", "calls/s", "ratio", "written in, s"], callRows),
    "Reports, one after the other: median time, and documents read for each.",
    table(["report", ...sizes.flatMap((size) => [`${size}: ms`, "documents"])], reportRows),
  ];
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
