import openai from "./book/openai.json" with { type: "json" };
import type { BookFile, BookModel } from "./book/schema.ts";
import simulated from "./book/simulated.json" with { type: "json" };
import type { Catalogue, ModelInfo } from "./models.ts";
import { rateTableOf } from "./rate-table.ts";
import type { DatedPrice, PriceList } from "./resolve-price.ts";

/** Models and their dated prices, ready to be asked. */
export interface PriceBook extends Catalogue, PriceList {}

/** The shipped files. Their test checks them against the schema; at run time they are trusted, for zod takes 80 ms. */
export const BOOK_FILES = [openai, simulated] as readonly BookFile[];

/** The price book that ships with the code. */
export const PRICE_BOOK: PriceBook = buildBook(BOOK_FILES);

/** @throws Error when two models claim one name, or a version belongs to a model that is not there */
export function buildBook(files: readonly BookFile[]): PriceBook {
  const modelsByName = new Map<string, Map<string, ModelInfo>>();
  const pricesByModel = new Map<string, readonly DatedPrice[]>();
  for (const { provider, models } of files) {
    const names = modelsByName.get(provider) ?? new Map<string, ModelInfo>();
    modelsByName.set(provider, names);
    for (const entry of models) {
      const model = modelInfoOf(provider, entry);
      for (const name of [entry.name, ...(entry.aliases ?? [])]) claim(names, name, model);
      pricesByModel.set(model.model, datedPricesOf(model, entry));
    }
  }
  for (const names of modelsByName.values())
    for (const model of names.values()) assertFamily(model, pricesByModel);
  return { modelsByName, pricesByModel };
}

function modelInfoOf(provider: string, entry: BookModel): ModelInfo {
  const {
    name,
    versionOf = name,
    kind,
    contextTokens,
    maxOutputTokens,
    encoding,
    reasoning,
  } = entry;
  return {
    model: `${provider}/${name}`,
    provider,
    name,
    family: `${provider}/${versionOf}`,
    kind,
    contextTokens,
    maxOutputTokens,
    encoding,
    reasoning,
  };
}

function datedPricesOf({ model, provider, name }: ModelInfo, entry: BookModel): DatedPrice[] {
  return entry.prices.map((price) => ({
    fromMs: Date.parse(price.effectiveFrom),
    toMs: price.effectiveTo === undefined ? undefined : Date.parse(price.effectiveTo),
    rates: once(() => rateTableOf(model, `${provider}:${name}:${price.effectiveFrom}`, price)),
  }));
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function claim(names: Map<string, ModelInfo>, name: string, model: ModelInfo): void {
  const owner = names.get(name);
  if (owner) throw new Error(`${owner.model} and ${model.model} both claim the name ${name}`);
  names.set(name, model);
}

function assertFamily(model: ModelInfo, known: ReadonlyMap<string, unknown>): void {
  if (!known.has(model.family))
    throw new Error(`${model.model} is a version of ${model.family}, which is not there`);
}
