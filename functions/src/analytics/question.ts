import type { Filters } from "./filters.ts";
import type { Range } from "./range.ts";
import type { ReportScope } from "./scope.ts";

export const GROUPS = ["model", "agent", "operation", "day", "session", "department"] as const;
export type GroupBy = (typeof GROUPS)[number];

/** What a report counts. */
export interface Question {
  readonly scope: ReportScope;
  readonly range: Range;
  readonly groupBy: GroupBy | undefined;
  readonly filters: Filters;
}
