import { measureAborts } from "./abort.ts";
import { measureAddedTime } from "./added-time.ts";
import { measureAggregateDelay } from "./aggregate-delay.ts";
import { measureColdStart } from "./cold-start.ts";
import { measureGrowth } from "./growth/growth.ts";
import { measureHotBudget } from "./hot-budget/hot-budget.ts";
import { measureOperations } from "./operations.ts";
import { RENDERED } from "./report.ts";
import type { Sizes } from "./sizes.ts";

/** One heading of the results, and how its paragraphs come about. */
export interface Part {
  readonly title: string;
  measure(sizes: Sizes, say: (line: string) => void): Promise<readonly string[]>;
}

/** In the order of the results, by the names that `--only` takes. */
export const PARTS: Readonly<Record<string, Part>> = {
  "added-time": {
    title: "Added time per call",
    measure: async (sizes, say) => RENDERED.addedTime(await measureAddedTime(sizes, say)),
  },
  operations: {
    title: "Firestore operations per call",
    measure: async (sizes, say) => RENDERED.operations(await measureOperations(sizes, say)),
  },
  "hot-budget": {
    title: "Admission on one hot budget",
    measure: async (sizes, say) => RENDERED.hotBudget(await measureHotBudget(sizes, say)),
  },
  growth: {
    title: "Growth",
    measure: async (sizes, say) => RENDERED.growth(await measureGrowth(sizes, say)),
  },
  aborts: {
    title: "Streams that are left",
    measure: async (sizes) => RENDERED.aborts(await measureAborts(sizes)),
  },
  "aggregate-delay": {
    title: "From the answer to the aggregate",
    measure: async (sizes) => RENDERED.delay(await measureAggregateDelay(sizes)),
  },
  "cold-start": {
    title: "Cold start",
    measure: async (sizes) => RENDERED.coldStart(await measureColdStart(sizes)),
  },
};
