import { z } from "zod";
import { DEFAULT_PAGE_LIMIT, MAX_CURSOR_CHARACTERS, MAX_PAGE_LIMIT } from "./bounds.ts";

/** Fields of every list: how many items, and where the last page ended. */
export const pageFields = {
  limit: z.int().min(1).max(MAX_PAGE_LIMIT).default(DEFAULT_PAGE_LIMIT),
  cursor: z.string().min(1).max(MAX_CURSOR_CHARACTERS).optional(),
};

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}
