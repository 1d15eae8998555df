import { z } from "zod";
import {
  DEFAULT_REPRICE_LIMIT,
  MAX_CURSOR_CHARACTERS,
  MAX_NOTE_CHARACTERS,
  MAX_REPRICE_LIMIT,
} from "./bounds.ts";
import { instant } from "./ranges.ts";
import { id, shortText } from "./text.ts";
import { PROVIDERS } from "./track-usage.ts";

/** Where a page ended: the start of its last call, and that one's id. */
const cursor = z
  .string()
  .max(MAX_CURSOR_CHARACTERS)
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_[a-z2-7]+$/, {
    error: "is not one that a run gave",
  });

/** `repriceEntries`: a dry run unless told otherwise; one page of calls, by the instant of their start, half-open. */
export const repriceEntriesRequest = z
  .strictObject({
    provider: z.enum(PROVIDERS),
    model: id,
    from: instant,
    to: instant,
    dryRun: z.boolean().default(true),
    reason: shortText(MAX_NOTE_CHARACTERS).nullable().default(null),
    limit: z.int().min(1).max(MAX_REPRICE_LIMIT).default(DEFAULT_REPRICE_LIMIT),
    cursor: cursor.optional(),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ["from"],
    error: "must be before to",
  });
export type RepriceEntriesRequest = z.output<typeof repriceEntriesRequest>;

/** Sums over calls, in nanoUSD; what earlier corrections brought is in `before`. */
export interface RepriceSumsItem {
  readonly entries: number;
  /** Those whose cost, or whether they have a price, changes. */
  readonly changed: number;
  readonly beforeNanoUsd: number;
  readonly afterNanoUsd: number;
  readonly differenceNanoUsd: number;
}

/** Of this page alone: a client that follows `nextCursor` to its end adds pages up. */
export interface RepriceEntriesResponse {
  readonly dryRun: boolean;
  readonly totals: RepriceSumsItem;
  /** By the month that entries are booked in, oldest first. */
  readonly items: readonly (RepriceSumsItem & { readonly month: string })[];
  /** Entries that have no price now either, or that were corrected too often. */
  readonly left: number;
  readonly documentsRead: number;
  readonly nextCursor: string | null;
}
