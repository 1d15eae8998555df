import { z } from "zod";
import { BUDGET_SCOPES, BUDGET_UNITS } from "../budgets/budget.ts";
import { WINDOWS } from "../core/period.ts";
import { TOKEN_CLASSES } from "../core/tokens.ts";
import { type EntryDraft, SCHEMA_VERSION } from "./entry.ts";
import type { LandedHold } from "./hold.ts";
import type { Counters } from "./plan.ts";
import type { WindowMove } from "./window-move.ts";

/** As `Date.toJSON` writes it. */
const instant = z.iso.datetime({ precision: 3 }).transform((text) => new Date(text));
const id = z.string().min(1);
const textOrNull = z.string().nullable();
const count = z.int().nonnegative();
const counters: z.ZodType<Counters> = z.lazy(() =>
  z.record(z.string(), z.union([z.int(), counters])),
);

const windowMove = z.strictObject({
  windowId: id,
  budgetId: id,
  scope: z.enum(BUDGET_SCOPES),
  scopeId: id,
  userId: textOrNull,
  unit: z.enum(BUDGET_UNITS),
  window: z.enum(WINDOWS),
  period: id,
  mover: z.enum(["settle", "trigger"]),
  reserved: count,
  since: instant,
  expireAt: instant.nullable(),
} satisfies Record<keyof WindowMove, z.ZodType>);

const landedHold = z.strictObject({
  holdId: id,
  version: id,
  windows: z.array(windowMove),
} satisfies Record<keyof LandedHold, z.ZodType>);

/** Only what a settlement writes, which is never a correction. A new field of entries has to be named here. */
const ENTRY = {
  entryId: id,
  requestId: id,
  attempt: z.int().positive(),
  nonce: id,
  payloadHash: z.string(),
  kind: z.literal("call"),
  correctsId: z.null(),
  correctedBy: z.never().optional(),
  correctionReason: z.never().optional(),
  userId: id,
  orgId: textOrNull,
  department: textOrNull,
  apiKeyId: textOrNull,
  sessionId: textOrNull,
  agent: textOrNull,
  phase: textOrNull,
  operation: id,
  endpoint: id,
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
  provider: id,
  model: id,
  modelRequested: id,
  modelAnswered: textOrNull,
  providerRequestId: textOrNull,
  inputTokens: count,
  outputTokens: count,
  totalTokens: count,
  classes: z.partialRecord(z.enum(TOKEN_CLASSES), count),
  rawUsage: z.unknown(),
  costNanoUsd: count,
  inputCostNanoUsd: z.int(),
  outputCostNanoUsd: z.int(),
  classCosts: z.array(
    z.strictObject({
      class: z.enum(TOKEN_CLASSES),
      tokens: count,
      usdPerMillion: z.string(),
      amountUsd: z.string(),
    }),
  ),
  costUsd: z.string(),
  priceVersion: textOrNull,
  priceStatus: z.enum(["priced", "free", "unpriced", "provider"]),
  serviceTier: textOrNull,
  unpricedAt: instant.optional(),
  providerCostNanoUsd: z.int().nullable(),
  providerCostDiffers: z.boolean(),
  overrunNanoUsd: count,
  usageStatus: z.enum(["exact", "estimated"]),
  estimatedBecause: textOrNull,
  status: z.enum(["ok", "error", "aborted", "expired"]),
  latencyMs: count,
  firstChunkMs: count.nullable(),
  startedAt: instant,
  settledAt: instant,
  day: z.iso.date(),
  month: z.string().regex(/^\d{4}-\d{2}$/),
  originalDay: z.iso.date().nullable(),
  windows: z.array(windowMove),
  add: counters,
  schemaVersion: z.literal(SCHEMA_VERSION),
  expireAt: instant,
} satisfies Record<keyof EntryDraft, z.ZodType>;

const entry = z
  .strictObject(ENTRY)
  .refine((draft) => draft.inputCostNanoUsd + draft.outputCostNanoUsd === draft.costNanoUsd, {
    path: ["costNanoUsd"],
    error: "is not the sum of its parts",
  })
  .refine((draft) => countOf(draft.add, "costNanoUsd") === draft.costNanoUsd, {
    path: ["add", "costNanoUsd"],
    error: "is not what the entry costs",
  })
  .refine((draft) => countOf(draft.add, "totalTokens") === draft.totalTokens, {
    path: ["add", "totalTokens"],
    error: "are not the entry's tokens",
  });

/** A settlement as it travels. */
export const wireSettlement = z
  .strictObject({
    schemaVersion: z.literal(SCHEMA_VERSION),
    entries: z.array(entry).min(1),
    holdId: id.nullable(),
    hold: landedHold.nullable(),
  })
  .refine(({ entries }) => entries.every(({ nonce }) => nonce === entries[0]?.nonce), {
    path: ["entries"],
    error: "are of more than one request",
  })
  .refine(({ hold, holdId }) => hold === null || hold.holdId === holdId, {
    path: ["hold"],
    error: "is not the one that holdId names",
  });

function countOf(add: Counters, name: string): unknown {
  return add[name] ?? 0;
}
