import { z } from "zod";
import type { TokenClass } from "../core/tokens.ts";
import { type Page, pageFields } from "./page.ts";
import { rangeFields } from "./ranges.ts";
import { filters } from "./reports.ts";
import type { PriceStatus } from "./results.ts";
import { id } from "./text.ts";

/** `listEntries`: newest first; without `userId` users see their own, admins everybody's. */
export const listEntriesRequest = z.strictObject({
  userId: id.optional(),
  ...rangeFields,
  filters: filters.optional(),
  ...pageFields,
});
export type ListEntriesRequest = z.output<typeof listEntriesRequest>;

/** A line of an entry's bill: exact, not rounded. */
export interface BillLineItem {
  readonly class: TokenClass;
  readonly tokens: number;
  /** Decimal strings, in USD. */
  readonly usdPerMillion: string;
  readonly amountUsd: string;
}

/** One settled call as the ledger has it; corrections may be negative, nothing else is. Instants are ISO strings. */
export interface EntryItem {
  readonly entryId: string;
  readonly requestId: string;
  readonly attempt: number;
  readonly kind: "call" | "correction";
  readonly correctsId: string | null;
  /** Proven by the caller's token. */
  readonly userId: string;
  readonly orgId: string | null;
  readonly department: string | null;
  readonly apiKeyId: string | null;
  /** Claimed by the client. */
  readonly sessionId: string | null;
  readonly agent: string | null;
  readonly phase: string | null;
  readonly operation: string;
  readonly endpoint: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly provider: string;
  /** Name in the price book: "openai/gpt-4o-mini". */
  readonly model: string;
  readonly modelRequested: string;
  readonly modelAnswered: string | null;
  readonly providerRequestId: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly classes: Readonly<Partial<Record<TokenClass, number>>>;
  /** The provider's own usage object. */
  readonly rawUsage: unknown;
  readonly costNanoUsd: number;
  readonly inputCostNanoUsd: number;
  readonly outputCostNanoUsd: number;
  readonly classCosts: readonly BillLineItem[];
  readonly costUsd: string;
  readonly priceStatus: PriceStatus;
  readonly priceVersion: string | null;
  /** What the provider itself says that the call cost; null when it says nothing. */
  readonly providerCostNanoUsd: number | null;
  /** Whether that is another cost than ours. */
  readonly providerCostDiffers: boolean;
  readonly overrunNanoUsd: number;
  readonly usageStatus: "exact" | "estimated";
  readonly estimatedBecause: string | null;
  readonly status: "ok" | "error" | "aborted" | "expired";
  readonly latencyMs: number;
  readonly firstChunkMs: number | null;
  readonly startedAt: string;
  readonly settledAt: string;
  /** "2026-11-22" and "2026-11" that it is booked in, UTC. */
  readonly day: string;
  readonly month: string;
  /** The day of its start, where it was booked more than 7 days late. */
  readonly originalDay: string | null;
  /** When it may be deleted. */
  readonly expireAt: string;
}

/** A page may be short, or empty, and still have a next one: `nextCursor` alone says where the list ends. */
export interface ListEntriesResponse extends Page<EntryItem> {
  readonly documentsRead: number;
}
