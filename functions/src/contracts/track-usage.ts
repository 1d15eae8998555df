import { z } from "zod";
import { claimedFields } from "./attribution.ts";
import { MAX_LATENCY_MS, USAGE_BOUNDS } from "./bounds.ts";
import { freeForm } from "./free-form.ts";
import { instant } from "./ranges.ts";
import type { CostResult } from "./results.ts";
import { id } from "./text.ts";

export const PROVIDERS = [
  "openai",
  "anthropic",
  "google",
  "mistral",
  "deepseek",
  "xai",
  "azure",
  "aws",
  "openrouter",
] as const;

/**
 * `trackUsage`: a call made elsewhere. `usage` is the provider's own object; whether its counts are possible is
 * judged where it is converted, and how old `at` may be by `trackedAtMs`. Org and department are proven by a token
 * or not at all, so they have no field here.
 */
export const trackUsageRequest = z.strictObject({
  requestId: id,
  userId: id,
  provider: z.enum(PROVIDERS),
  model: id,
  usage: freeForm(USAGE_BOUNDS),
  at: instant.optional(),
  endpoint: id.optional(),
  latencyMs: z.int().min(0).max(MAX_LATENCY_MS).default(0),
  status: z.enum(["ok", "error"]).default("ok"),
  ...claimedFields,
});

export type TrackUsageRequest = z.output<typeof trackUsageRequest>;

export interface TrackUsageResponse {
  readonly requestId: string;
  readonly entryId: string;
  readonly cost: CostResult;
  /** The same id and payload were tracked before: this is the first result again. */
  readonly duplicate: boolean;
}
