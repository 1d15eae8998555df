import { formatSpread, table } from "../markdown.ts";
import { type CallOperations, type OperationsMeasured, together } from "../operations.ts";
import { spread } from "../statistics.ts";

const FIGURES: readonly (readonly [keyof OperationsMeasured, string])[] = [
  ["callsPerBatch", "calls per batch"],
  ["rpcs", "RPCs"],
  ["writes", "writes"],
  ["deletes", "deletes"],
  ["reads", "reads"],
  ["cpuMs", "CPU, ms"],
];

export function renderOperations(operations: readonly CallOperations[]): string[] {
  const rows = operations.flatMap((its) =>
    (["chat", "aggregateUsage", "together"] as const).map((side) => {
      const rounds = side === "together" ? together(its) : its[side];
      const figures = FIGURES.map(([key]) => formatSpread(spread(rounds.map((each) => each[key]))));
      return [side, its.budget, String(its.load.atOnce), String(its.load.modelMs), ...figures];
    }),
  );
  const head = ["side", "budget", "at once", "model, ms", ...FIGURES.map(([, title]) => title)];
  return [
    "For each call: of `chat`, of the trigger for what that call leaves in the outbox, and of both together. Median of the rounds, and what they lay between.",
    table(head, rows),
  ];
}
