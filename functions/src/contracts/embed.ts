import { z } from "zod";
import { claimedFields } from "./attribution.ts";
import { MAX_DIMENSIONS, MAX_EMBEDDING_INPUTS, MAX_TEXT_BYTES } from "./bounds.ts";
import type { BudgetState, CostResult, UsageResult } from "./results.ts";
import { content, id } from "./text.ts";

const text = content.min(1);

const input = z
  .union([text, z.array(text).min(1).max(MAX_EMBEDDING_INPUTS)], {
    error: ({ input }) =>
      input === undefined ? "is required" : "must be a string or a list of strings",
  })
  .transform((value) => (typeof value === "string" ? [value] : value))
  .refine((texts) => textBytes(texts) <= MAX_TEXT_BYTES, {
    error: `must hold at most ${MAX_TEXT_BYTES} bytes of text`,
  });

/** `embed`; a single text becomes a list of one. */
export const embedRequest = z.strictObject({
  model: id,
  input,
  requestId: id.optional(),
  dimensions: z.int().min(1).max(MAX_DIMENSIONS).optional(),
  ...claimedFields,
});

export type EmbedRequest = z.output<typeof embedRequest>;

export interface EmbedResponse {
  readonly requestId: string;
  readonly entryId: string;
  /** One vector per text, in their order. */
  readonly embeddings: readonly (readonly number[])[];
  readonly model: string;
  readonly usage: UsageResult;
  readonly cost: CostResult;
  readonly budgets: readonly BudgetState[];
}

function textBytes(texts: readonly string[]): number {
  return texts.reduce((bytes, each) => bytes + Buffer.byteLength(each), 0);
}
