import type { HotCompared, HotMeasured } from "../hot-budget/hot-budget.ts";
import type { Way } from "../hot-budget/work.ts";
import { formatSpread, table } from "../markdown.ts";
import { ratioOf, spread } from "../statistics.ts";

const FIGURES: readonly (readonly [keyof HotMeasured, string])[] = [
  ["callsPerSecond", "calls/s"],
  ["cpuMs", "CPU per call, ms"],
  ["p50Ms", "p50, ms"],
  ["p99Ms", "p99, ms"],
  ["tries", "tries per call"],
  ["notAdmitted", "not admitted, share"],
];
const HEAD = [
  ...["processes", "figure", "`runTransaction`", "admission, SDK's commit", "admission"],
  ...["ratio, SDK's commit", "ratio"],
];

export function renderHotBudget(compared: readonly HotCompared[]): string[] {
  const rows = compared.flatMap((its) =>
    FIGURES.map(([key, title]) => {
      const of = (way: Way) => its[way].map((round) => round[key]);
      const theirs = of("runTransaction");
      return [
        String(its.processes),
        title,
        ...[theirs, of("admissionBySdk"), of("admission")].map((each) =>
          formatSpread(spread(each)),
        ),
        ...[of("admissionBySdk"), of("admission")].map((each) =>
          formatSpread(ratioOf(each, theirs)),
        ),
      ];
    }),
  );
  return [
    "Processes of 16 callers each, all against one window; nothing settles. `runTransaction` is what one would write with the SDK. Admission's compare and set commits by Tollgate's own client, and in the column before by the SDK: the first ratio is that of the method, the second that of method and client. CPU is that of the calling processes. Calls that were still open a second after the end count as not admitted, and in the times with what they had taken. Median of the rounds, and what they lay between; a ratio is to `runTransaction`.",
    table(HEAD, rows),
  ];
}
