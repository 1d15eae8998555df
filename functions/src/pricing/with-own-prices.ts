import { DEFAULT_CONTEXT_TOKENS, type PriceBook } from "./book.ts";
import { datedPriceOf } from "./dated-price.ts";
import { findModel, type ModelInfo } from "./models.ts";
import { type OwnPrice, priceVersionOf } from "./own-price.ts";
import type { DatedPrice } from "./resolve-price.ts";

type OwnModels = ReadonlyMap<string, readonly OwnPrice[]>;

/**
 * The shipped book with prices of one's own over it. A model's own price is in force from its instant until it ends or
 * the next one begins; before it, and after it has ended, the shipped one is. Models that the book lacks are known by
 * their own price, for all time: before it they have none.
 *
 * gpt-9 shipped at 10 dollars from June on, with an own price of 8 from September to November: 10, 8, 10.
 */
export function withOwnPrices(shipped: PriceBook, prices: readonly OwnPrice[]): PriceBook {
  const own: OwnModels = Map.groupBy(
    prices.filter(isUsable),
    ({ provider, model }) => `${provider}/${model}`,
  );
  if (own.size === 0) return shipped;
  const names = new Map<string, ReadonlyMap<string, ModelInfo> | undefined>();
  const dated = new Map<string, readonly DatedPrice[]>();
  return {
    shipped,
    modelsByName: {
      get(provider) {
        if (!names.has(provider)) names.set(provider, namesOf(shipped, own, provider));
        return names.get(provider);
      },
    },
    pricesByModel: {
      get(model) {
        const ownPrices = own.get(model);
        if (!ownPrices) return shipped.pricesByModel.get(model);
        const merged = dated.get(model) ?? mergedPrices(shipped, model, ownPrices);
        dated.set(model, merged);
        return merged;
      },
    },
  };
}

/** A document that somebody has edited by hand must not stop calls: what has no readable rates counts for nothing. */
function isUsable(price: OwnPrice): boolean {
  try {
    const { fromMs, ratesAt } = datedPriceOf("", "", price);
    return !Number.isNaN(fromMs) && ratesAt(fromMs, "standard") !== undefined;
  } catch {
    return false; // reported by `listModelPrices`, which shows it as it stands
  }
}

function namesOf(
  shipped: PriceBook,
  own: OwnModels,
  provider: string,
): ReadonlyMap<string, ModelInfo> | undefined {
  const models = [...own.values()].flatMap((prices) => prices.at(-1) ?? []);
  const ofProvider = models.filter((price) => price.provider === provider);
  const book = shipped.modelsByName.get(provider);
  if (ofProvider.length === 0) return book;
  const infos = ofProvider.map((price) => modelInfoOf(shipped, price));
  const changed = new Map(infos.map((info) => [info.model, info]));
  const known = [...(book ?? [])].map(
    ([name, info]) => [name, changed.get(info.model) ?? info] as const,
  );
  return new Map([...known, ...infos.map((info) => [info.name, info] as const)]);
}

function modelInfoOf(shipped: PriceBook, price: OwnPrice): ModelInfo {
  const { provider, model: name, kind } = price;
  const known = findModel(shipped, provider, name);
  const contextTokens = price.contextTokens ?? known?.contextTokens ?? DEFAULT_CONTEXT_TOKENS;
  const mostOutput = kind === "embedding" ? 0 : contextTokens;
  return {
    model: `${provider}/${name}`,
    provider,
    name,
    family: known?.family ?? `${provider}/${name}`,
    kind,
    contextTokens,
    maxOutputTokens: price.maxOutputTokens ?? known?.maxOutputTokens ?? mostOutput,
    encoding: known?.encoding,
    reasoning: known?.reasoning ?? false,
  };
}

function mergedPrices(
  shipped: PriceBook,
  model: string,
  prices: readonly OwnPrice[],
): readonly DatedPrice[] {
  const own = prices
    .map((price) => datedPriceOf(model, priceVersionOf(price), price))
    .sort((a, b) => a.fromMs - b.fromMs);
  const slash = model.indexOf("/");
  const known = findModel(shipped, model.slice(0, slash), model.slice(slash + 1));
  return overlaid(own, (known && shipped.pricesByModel.get(known.model)) ?? []);
}

/** Pieces from edge to edge, each of the upper list where it has a price in force, else of the lower one. */
function overlaid(upper: readonly DatedPrice[], lower: readonly DatedPrice[]): DatedPrice[] {
  const ends = [...upper, ...lower].flatMap(({ fromMs, toMs }) => [fromMs, toMs ?? fromMs]);
  const edges = [...new Set(ends)].sort((a, b) => a - b);
  return edges.flatMap((fromMs, index) => {
    const price = inForce(upper, fromMs) ?? inForce(lower, fromMs);
    return price ? [{ ...price, fromMs, toMs: edges[index + 1] }] : [];
  });
}

function inForce(prices: readonly DatedPrice[], atMs: number): DatedPrice | undefined {
  const last = prices.findLast(({ fromMs }) => fromMs <= atMs);
  return last && (last.toMs === undefined || atMs < last.toMs) ? last : undefined;
}
