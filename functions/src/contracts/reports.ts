import { z } from "zod";
import { type Page, pageFields } from "./page.ts";
import { rangeFields } from "./ranges.ts";
import type { ReportFacts, TotalsResult } from "./results.ts";
import { id } from "./text.ts";

const GROUPS = ["model", "agent", "operation", "day", "session", "department"] as const;
export type GroupBy = (typeof GROUPS)[number];

/** Only entries that have all of these. */
export const filters = z.strictObject({
  model: id.optional(),
  agent: id.optional(),
  operation: id.optional(),
  phase: id.optional(),
  sessionId: id.optional(),
  department: id.optional(),
  orgId: id.optional(),
  apiKeyId: id.optional(),
  status: z.enum(["ok", "error", "aborted", "expired"]).optional(),
});
export type Filters = z.output<typeof filters>;

/** `getUsage`; without `userId` users ask about themselves, admins about everybody. */
export const getUsageRequest = z.strictObject({
  userId: id.optional(),
  ...rangeFields,
  groupBy: z.enum(GROUPS).optional(),
  filters: filters.optional(),
  compare: z.literal("previous").optional(),
});
export type GetUsageRequest = z.output<typeof getUsageRequest>;

export interface RangeTotals {
  /** ISO instants, half-open. */
  readonly from: string;
  readonly to: string;
  readonly totals: TotalsResult;
}

export interface GroupResult {
  readonly key: string;
  readonly totals: TotalsResult;
}

/** Free, paid and unpriced calls add up to all. */
export interface PriceSplit {
  readonly free: { readonly calls: number; readonly tokens: number };
  readonly paid: { readonly calls: number; readonly tokens: number; readonly costNanoUsd: number };
  readonly unpriced: { readonly calls: number; readonly tokens: number };
}

/** What was before, and the part of the report that it is to be compared with. */
export interface BeforeResult extends RangeTotals {
  readonly against: RangeTotals;
}

export interface GetUsageResponse extends ReportFacts, RangeTotals, PriceSplit {
  /** By descending cost, days in their order; empty without `groupBy`. "~other" holds what is beyond the caps. */
  readonly groups: readonly GroupResult[];
  /** One per day of the range, UTC, days without calls included. */
  readonly trend: readonly { readonly day: string; readonly totals: TotalsResult }[];
  /** With `compare`, where there is a complete day to compare. */
  readonly before?: BeforeResult;
}

/** `getSessionUsage`: a session's whole life. `userId` is for admins. */
export const getSessionUsageRequest = z.strictObject({ sessionId: id, userId: id.optional() });
export type GetSessionUsageRequest = z.output<typeof getSessionUsageRequest>;

export interface GetSessionUsageResponse extends ReportFacts {
  readonly sessionId: string;
  readonly userId: string;
  readonly totals: TotalsResult;
  /** By descending cost. */
  readonly byModel: Readonly<Record<string, TotalsResult>>;
  readonly byAgent: Readonly<Record<string, TotalsResult>>;
  /** ISO instants at which its first and its last call began. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly durationMs: number;
  /** null when no call was made. */
  readonly costPerCallNanoUsd: number | null;
}

/** `getSummary`: the figures of an overview page, this month to date. */
export const getSummaryRequest = z.strictObject({ userId: id.optional() });
export type GetSummaryRequest = z.output<typeof getSummaryRequest>;

export interface GetSummaryResponse extends ReportFacts, RangeTotals, PriceSplit {
  /** "2026-11", UTC. */
  readonly month: string;
  /** Calls whose tokens no provider reported. */
  readonly estimated: { readonly calls: number };
  /** The same number of complete days of the month before; null on the first of a month. */
  readonly before: BeforeResult | null;
  /** The month's end at the pace of the last complete days; null before there are 3. */
  readonly forecast: ForecastResult | null;
  /** So far. */
  readonly today: TotalsResult;
  /** By descending cost, at most 5 and "~other". */
  readonly topModels: readonly GroupResult[];
  readonly topAgents: readonly GroupResult[];
}

export interface ForecastResult {
  readonly costNanoUsd: number;
  /** At the pace of the cheapest and of the dearest of those days. */
  readonly minNanoUsd: number;
  readonly maxNanoUsd: number;
  /** Complete days that the pace is taken from. */
  readonly days: number;
}

/** `getTopUsers`: of one month, this one unless named. */
export const getTopUsersRequest = z.strictObject({
  month: z
    .string()
    .regex(/^20\d\d-(0[1-9]|1[0-2])$/, { error: 'must be a month such as "2026-11"' })
    .optional(),
  ...pageFields,
});
export type GetTopUsersRequest = z.output<typeof getTopUsersRequest>;

export interface TopUser {
  readonly userId: string;
  /** From the sign-in service; null where it knows none. */
  readonly displayName: string | null;
  readonly orgId: string | null;
  readonly department: string | null;
  readonly totals: TotalsResult;
  /** Of what all users spent in the month; null when that is nothing. */
  readonly sharePerMille: number | null;
}

/** By descending cost; who spent nothing is not among them. */
export interface GetTopUsersResponse extends ReportFacts, Page<TopUser> {
  /** "2026-11", UTC. */
  readonly month: string;
  /** Of all users. */
  readonly costNanoUsd: number;
}
