import { measureAborts } from "./abort.ts";
import { measureAddedTime } from "./added-time.ts";
import { measureAggregateDelay } from "./aggregate-delay.ts";
import { measureBeforeProvider } from "./before-provider.ts";
import { measureColdStart } from "./cold-start.ts";
import {
  type Goal,
  goalsOfAddedTime,
  goalsOfBeforeProvider,
  goalsOfGrowth,
  goalsOfOperations,
} from "./goals.ts";
import { measureGrowth } from "./growth/growth.ts";
import { measureHotBudget } from "./hot-budget/hot-budget.ts";
import { measureOperations } from "./operations.ts";
import { renderAddedTime } from "./rendered/added-time.ts";
import { renderColdStart } from "./rendered/cold-start.ts";
import { renderAborts, renderAggregateDelay, renderBeforeProvider } from "./rendered/delays.ts";
import { renderGrowth } from "./rendered/growth.ts";
import { renderHotBudget } from "./rendered/hot-budget.ts";
import { renderOperations } from "./rendered/operations.ts";
import type { Sizes } from "./sizes.ts";

/** One heading of the results: what stands below it, and what it says of the goals. */
export interface Part {
  readonly title: string;
  run(sizes: Sizes, say: (line: string) => void): Promise<PartResults>;
}

export interface PartResults {
  readonly paragraphs: readonly string[];
  readonly goals: readonly Goal[];
}

function part<Figures>(
  title: string,
  measure: (sizes: Sizes, say: (line: string) => void) => Promise<Figures>,
  render: (figures: Figures) => readonly string[],
  goalsOf: (figures: Figures) => readonly Goal[] = () => [],
): Part {
  return {
    title,
    async run(sizes, say) {
      const figures = await measure(sizes, say);
      return { paragraphs: render(figures), goals: goalsOf(figures) };
    },
  };
}

/** In the order of the results, by the names that `--only` takes. */
export const PARTS: Readonly<Record<string, Part>> = {
  "added-time": part("Added time per call", measureAddedTime, renderAddedTime, goalsOfAddedTime),
  "before-provider": part(
    "Before the provider is called",
    measureBeforeProvider,
    renderBeforeProvider,
    goalsOfBeforeProvider,
  ),
  operations: part(
    "Firestore operations per call",
    measureOperations,
    renderOperations,
    goalsOfOperations,
  ),
  "hot-budget": part("Admission on one hot budget", measureHotBudget, renderHotBudget),
  growth: part("Growth", measureGrowth, renderGrowth, goalsOfGrowth),
  aborts: part("Streams that are left", measureAborts, renderAborts),
  "aggregate-delay": part(
    "From the answer to the aggregate",
    measureAggregateDelay,
    renderAggregateDelay,
  ),
  "cold-start": part("Cold start", measureColdStart, renderColdStart),
};
