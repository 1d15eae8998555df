import { invalidField } from "../core/errors.ts";
import type { BookModel, PriceTerms } from "./book/schema.ts";
import { BOOK_FILES, type PriceBook, readBookFile } from "./book.ts";
import { findModel } from "./models.ts";
import { type OwnPrice, priceVersionOf } from "./own-price.ts";
import { resolveRates } from "./resolve-price.ts";

export interface ListedModelPrice {
  readonly origin: "own" | "shipped";
  readonly priceId: string;
  readonly priceVersion: string;
  readonly provider: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly terms: PriceTerms;
  readonly inForce: boolean;
  readonly source: string | null;
  readonly note: string | null;
  readonly checkedOn: string | null;
  readonly createdBy: string | null;
  readonly createdAt: Date | null;
}

export interface PriceFilter {
  readonly provider?: string | undefined;
  /** A model's own name or one of its aliases. */
  readonly model?: string | undefined;
  readonly origin?: "own" | "shipped" | undefined;
  readonly limit: number;
  /** The version of the last price of the page before. */
  readonly cursor?: string | undefined;
}

/** A page of all prices: own ones first, each list by provider, name and instant. @throws INVALID_FIELD cursor */
export function listModelPrices(
  book: PriceBook,
  own: readonly OwnPrice[],
  filter: PriceFilter,
  nowMs: number,
): { items: ListedModelPrice[]; nextCursor: string | null } {
  const prices = [
    ...(filter.origin === "shipped" ? [] : own.map(listedOwn).sort(byModel)),
    ...(filter.origin === "own" ? [] : shippedPrices(filter.provider)),
  ].filter((price) => matches(price, filter));
  const at = prices.findIndex(({ priceVersion }) => priceVersion === filter.cursor);
  if (filter.cursor !== undefined && at < 0)
    throw invalidField("cursor", "is not one that a list gave");
  const items = prices.slice(at + 1, at + 1 + filter.limit);
  const isLast = at + 1 + filter.limit >= prices.length;
  return {
    items: items.map((price) => ({ ...price, inForce: isInForce(book, price, nowMs) })),
    nextCursor: isLast ? null : (items.at(-1)?.priceVersion ?? null),
  };
}

type Unjudged = Omit<ListedModelPrice, "inForce">;

function listedOwn(price: OwnPrice): Unjudged {
  const { priceId, provider, model, source, note, createdBy, createdAt } = price;
  return {
    origin: "own",
    priceId,
    priceVersion: priceVersionOf(price),
    provider,
    name: model,
    aliases: [],
    terms: termsOf(price),
    source,
    note,
    checkedOn: null,
    createdBy,
    createdAt,
  };
}

function shippedPrices(provider: string | undefined): Unjudged[] {
  const files = [...BOOK_FILES].filter(([name]) => provider === undefined || name === provider);
  return files.flatMap(([name, parts]) => {
    const models = parts.flatMap((part) => readBookFile(part).models);
    return models.flatMap((model) => listedShipped(name, model)).sort(byModel);
  });
}

function listedShipped(provider: string, { name, aliases = [], prices }: BookModel): Unjudged[] {
  return prices.map((price) => {
    const version = `${provider}:${name}:${price.effectiveFrom}`;
    return {
      origin: "shipped",
      priceId: version,
      priceVersion: version,
      provider,
      name,
      aliases,
      terms: termsOf(price),
      source: price.source,
      note: price.note ?? null,
      checkedOn: price.checkedOn,
      createdBy: null,
      createdAt: null,
    };
  });
}

function termsOf(price: PriceTerms): PriceTerms {
  const { effectiveFrom, effectiveTo } = price;
  const period = { effectiveFrom, ...(effectiveTo === undefined ? {} : { effectiveTo }) };
  if ("free" in price) return { ...period, free: true };
  const { rates, contextTiers, serviceTiers, timesOfDay } = price;
  return {
    ...period,
    rates,
    ...(contextTiers ? { contextTiers } : {}),
    ...(serviceTiers ? { serviceTiers } : {}),
    ...(timesOfDay ? { timesOfDay } : {}),
  };
}

function matches(price: Unjudged, { provider, model }: PriceFilter): boolean {
  if (provider !== undefined && price.provider !== provider) return false;
  return model === undefined || price.name === model || price.aliases.includes(model);
}

function byModel(a: Unjudged, b: Unjudged): number {
  if (a.provider !== b.provider) return a.provider < b.provider ? -1 : 1;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return Date.parse(a.terms.effectiveFrom) - Date.parse(b.terms.effectiveFrom);
}

/** Service tiers and times of day add their name to a version. */
function isInForce(book: PriceBook, { provider, name, priceVersion }: Unjudged, nowMs: number) {
  const model = findModel(book, provider, name);
  const now = model && resolveRates(book, model, nowMs)?.priceVersion;
  return now === priceVersion || now?.startsWith(`${priceVersion}:`) === true;
}
