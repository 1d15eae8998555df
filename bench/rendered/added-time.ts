import type { Compared, Measured } from "../added-time.ts";
import { formatSpread, table } from "../markdown.ts";
import { ratioOf, spread } from "../statistics.ts";

const FIGURES: readonly (readonly [keyof Measured, string])[] = [
  ["callsPerSecond", "calls/s"],
  ["cpuMs", "CPU per call, ms"],
  ["p50Ms", "p50, ms"],
  ["p99Ms", "p99, ms"],
  ["firstChunkP50Ms", "first chunk p50, ms"],
  ["firstChunkP99Ms", "first chunk p99, ms"],
];

export function renderAddedTime(compared: readonly Compared[]): string[] {
  return [
    "Tollgate's `chat` against a bare callable that makes the same call with the openai SDK and meters nothing. Median of the rounds, and what they lay between; the ratio is Tollgate's figure divided by the bare one's.",
    ...compared.flatMap(renderCase),
  ];
}

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
