import fc from "fast-check";
import { BUDGET_SCOPES, BUDGET_UNITS } from "../../budgets/budget.ts";
import { holdIdOf } from "../../core/ids.ts";
import { WINDOWS } from "../../core/period.ts";
import { TOKEN_CLASSES, type TokenClasses } from "../../core/tokens.ts";
import type { Attribution } from "../entry.ts";
import type { LandedHold } from "../hold.ts";
import type { Settlement } from "../settle.ts";
import type { WindowMove } from "../window-move.ts";
import { SAMPLE_RATES, sampleAttribution, sampleDraft, sampleHold } from "./sample-call.ts";

const text = fc.string({ unit: "binary", minLength: 1, maxLength: 128 });
const textOrNull = fc.option(text);
const date = fc.date({
  min: new Date("2020-01-01"),
  max: new Date("2100-01-01"),
  noInvalidDate: true,
});
const tokens = fc.integer({ min: 0, max: 100_000_000 });

const attribution: fc.Arbitrary<Attribution> = fc
  .record({
    userId: text,
    orgId: textOrNull,
    department: textOrNull,
    apiKeyId: textOrNull,
    sessionId: textOrNull,
    agent: textOrNull,
    phase: textOrNull,
    operation: text,
    tags: fc.array(text, { maxLength: 10 }),
    metadata: fc.dictionary(fc.stringMatching(/^[A-Za-z0-9%-]{1,20}$/), text, { maxKeys: 10 }),
  })
  .map(({ metadata, ...more }) => sampleAttribution({ ...more, metadata: { ...metadata } }));

const windowMove: fc.Arbitrary<WindowMove> = fc.record(
  {
    windowId: text,
    budgetId: text,
    scope: fc.constantFrom(...BUDGET_SCOPES),
    scopeId: text,
    userId: textOrNull,
    unit: fc.constantFrom(...BUDGET_UNITS),
    window: fc.constantFrom(...WINDOWS),
    period: fc.constantFrom("2026-11", "2026-11-22T14:03", "all"),
    mover: fc.constantFrom("settle", "trigger"),
    reserved: fc.maxSafeNat(),
    since: date,
    expireAt: fc.option(date),
  },
  { noNullPrototype: true },
);

const classes: fc.Arbitrary<TokenClasses> = fc.record(
  Object.fromEntries(TOKEN_CLASSES.map((name) => [name, tokens])),
  { requiredKeys: [] },
);

/** Attempts of one request, as the rules make them of whatever providers and clients say. */
export const settlement: fc.Arbitrary<Settlement> = fc
  .record({
    requestId: text,
    nonce: text,
    startedAt: date,
    attribution,
    windows: fc.array(windowMove, { maxLength: 4 }),
    isPriced: fc.boolean(),
    attempts: fc.array(
      fc.record({
        classes,
        rawUsage: fc.jsonValue(),
        status: fc.constantFrom("ok" as const, "error" as const, "aborted" as const),
        modelAnswered: textOrNull,
        firstChunkMs: fc.option(fc.nat()),
        providerCostNanoUsd: fc.option(fc.maxSafeNat()),
        overrunNanoUsd: fc.maxSafeNat(),
        latencyMs: fc.nat(),
        settledAt: date,
      }),
      { minLength: 1, maxLength: 3 },
    ),
    /** The hold, its id alone, or neither. */
    held: fc.constantFrom("landed", "unclear", "none"),
    version: text,
  })
  .map(({ attempts, held, version, isPriced, startedAt, ...call }) => {
    const hold = sampleHold({
      ...call,
      startedAtMs: startedAt.getTime(),
      rates: isPriced ? SAMPLE_RATES_OF_ALL : null,
    });
    const entries = attempts.map(({ classes: used, ...more }, index) =>
      sampleDraft(hold, used, { ...more, attempt: index + 1, entryId: `${hold.entryId}${index}` }),
    );
    const holdId = held === "none" ? null : holdIdOf(hold.subject, hold.requestId);
    const landed: LandedHold = { holdId: holdId ?? "", version, windows: call.windows };
    return { entries, holdId, hold: held === "landed" ? landed : null };
  });

const SAMPLE_RATES_OF_ALL = {
  ...SAMPLE_RATES,
  tiers: [
    {
      fromInputTokens: 0,
      rates: Object.fromEntries(
        TOKEN_CLASSES.map((name, index) => [name, 75_001_000_001 * (index + 1)]),
      ),
    },
  ],
};
