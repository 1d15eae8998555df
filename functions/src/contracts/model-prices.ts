import { z } from "zod";
import {
  ascends,
  contextTiers,
  type PriceTerms,
  rates,
  ratesProblems,
  serviceTiers,
  timeOfDay,
} from "../pricing/book/schema.ts";
import { MAX_NOTE_CHARACTERS, MAX_PRICE_ITEMS } from "./bounds.ts";
import { type Page, pageFields } from "./page.ts";
import { instant } from "./ranges.ts";
import { id, shortText } from "./text.ts";
import { PROVIDERS } from "./track-usage.ts";

/** Reports join names by "|" in their maps, and no provider's name holds a blank. */
const modelName = id.refine((name) => /^[^\s|]+$/.test(name), {
  error: 'must not contain blanks or "|"',
});

const priceFields = z.strictObject({
  provider: z.enum(PROVIDERS),
  model: modelName,
  effectiveFrom: instant,
  effectiveTo: instant.optional(),
  /** What costs nothing says so; a rate of 0 is refused. */
  free: z.literal(true).optional(),
  rates: rates.optional(),
  contextTiers: contextTiers.max(MAX_PRICE_ITEMS).optional(),
  serviceTiers: serviceTiers.optional(),
  timesOfDay: z.array(timeOfDay).min(1).max(MAX_PRICE_ITEMS).optional(),
  kind: z.enum(["chat", "embedding"]).optional(),
  contextTokens: z.int().positive().nullable().default(null),
  maxOutputTokens: z.int().nonnegative().nullable().default(null),
  source: shortText(MAX_NOTE_CHARACTERS).nullable().default(null),
  note: shortText(MAX_NOTE_CHARACTERS).nullable().default(null),
});

type PriceFields = z.output<typeof priceFields>;
interface FieldProblem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** `setModelPrice`: terms as the shipped price book writes them, USD per million tokens as decimal strings. */
export const setModelPriceRequest = priceFields.transform((fields, context) => {
  const [problem] = problemsOf(fields);
  if (problem) {
    context.issues.push({ code: "custom", ...problem, input: undefined });
    return z.NEVER;
  }
  const { provider, model, kind, contextTokens, maxOutputTokens, source, note } = fields;
  const facts = { provider, model, kind, contextTokens, maxOutputTokens, source, note };
  return { ...facts, ...termsOf(fields) };
});
export type SetModelPriceRequest = z.output<typeof setModelPriceRequest>;

export interface SetModelPriceResponse {
  /** "openai:gpt-9:2026-11-01" */
  readonly priceId: string;
  /** As entries will carry it: "own:openai:gpt-9:2026-11-01". */
  readonly priceVersion: string;
  /** ISO instant by which every instance knows of it. */
  readonly effectiveBy: string;
}

/** `listModelPrices`: own prices first, then the shipped ones. */
export const listModelPricesRequest = z.strictObject({
  provider: z.enum(PROVIDERS).optional(),
  model: id.optional(),
  origin: z.enum(["own", "shipped"]).optional(),
  ...pageFields,
});
export type ListModelPricesRequest = z.output<typeof listModelPricesRequest>;

/** A price with its terms, `rates` and the rest, as they were written. */
export interface ModelPriceItem {
  readonly origin: "own" | "shipped";
  readonly priceId: string;
  readonly priceVersion: string;
  /** "openai/gpt-9" */
  readonly model: string;
  /** Further names at the same price. */
  readonly aliases: readonly string[];
  readonly terms: PriceTerms;
  /** Whether calls are billed at it now. */
  readonly inForce: boolean;
  readonly source: string | null;
  readonly note: string | null;
  /** Of shipped prices: the day on which the source was looked at. */
  readonly checkedOn: string | null;
  readonly createdBy: string | null;
  /** ISO instant. */
  readonly createdAt: string | null;
}

/** A model that was called without a price in the last 31 days, and has not been re-priced. */
export interface UnpricedModelItem {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly tokens: number;
  /** ISO instants of its first and last call without a price. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** It has a price now: re-pricing its entries is all that is left. */
  readonly isPricedNow: boolean;
}

export interface ListModelPricesResponse extends Page<ModelPriceItem> {
  /** Most calls first; on the first page only. */
  readonly unpriced: readonly UnpricedModelItem[];
  readonly documentsRead: number;
}

function problemsOf(fields: PriceFields): FieldProblem[] {
  const { free, contextTiers: tiers, effectiveFrom, effectiveTo } = fields;
  if (effectiveTo !== undefined && !ascends([effectiveFrom, effectiveTo].map(Date.parse)))
    return [{ path: ["effectiveTo"], message: "must come after effectiveFrom" }];
  if (free) return freeProblems(fields);
  if (!fields.rates) return [{ path: ["rates"], message: "is required (or free)" }];
  return ratesProblems({ ...fields, rates: fields.rates, contextTiers: tiers });
}

function freeProblems(fields: PriceFields): FieldProblem[] {
  const named = (["rates", "contextTiers", "serviceTiers", "timesOfDay"] as const).filter(
    (name) => fields[name] !== undefined,
  );
  return named.map((name) => ({ path: [name], message: "must not be given together with free" }));
}

function termsOf(fields: PriceFields): PriceTerms {
  const { effectiveFrom, effectiveTo, free, contextTiers: tiers, timesOfDay } = fields;
  const period = { effectiveFrom, ...(effectiveTo === undefined ? {} : { effectiveTo }) };
  if (free) return { ...period, free };
  return {
    ...period,
    rates: fields.rates ?? {},
    ...(tiers ? { contextTiers: tiers } : {}),
    ...(fields.serviceTiers ? { serviceTiers: fields.serviceTiers } : {}),
    ...(timesOfDay ? { timesOfDay } : {}),
  };
}
