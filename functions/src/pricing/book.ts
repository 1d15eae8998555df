import { createRequire } from "node:module";
import type { BookFile, BookModel } from "./book/schema.ts";
import { datedPriceOf } from "./dated-price.ts";
import type { Catalogue, ModelInfo } from "./models.ts";
import type { PriceList } from "./resolve-price.ts";

/** Models and their dated prices, ready to be asked. */
export interface PriceBook extends Catalogue, PriceList {
  /** The book that lies beneath prices of one's own. */
  readonly shipped?: PriceBook;
}

/** The shipped files by provider. The simulated model stands at OpenAI's address. */
export const BOOK_FILES: ReadonlyMap<string, readonly string[]> = new Map([
  ["openai", ["openai", "simulated"]],
  ["anthropic", ["anthropic"]],
  ["google", ["google"]],
  ["mistral", ["mistral"]],
  ["deepseek", ["deepseek"]],
  ["xai", ["xai"]],
  ["azure", ["azure"]],
  ["aws", ["aws"]],
  ["openrouter", ["openrouter"]],
]);

export const DEFAULT_CONTEXT_TOKENS = 128_000;

const require = createRequire(import.meta.url);

/** A shipped file. Their test checks them against the schema; at run time they are trusted, for zod takes 80 ms. */
export function readBookFile(name: string): BookFile {
  const file: BookFile = require(`./book/${name}.json`);
  return file;
}

/** The price book that ships with the code; a provider's files are read when it is first asked for. */
export const PRICE_BOOK: PriceBook = bookByProvider(BOOK_FILES);

function bookByProvider(files: ReadonlyMap<string, readonly string[]>): PriceBook {
  const read = new Map<string, PriceBook>();
  const bookOf = (provider: string): PriceBook | undefined => {
    const names = files.get(provider);
    if (!names) return undefined;
    const book = read.get(provider) ?? buildBook(names.map(readBookFile));
    read.set(provider, book);
    return book;
  };
  return {
    modelsByName: { get: (provider) => bookOf(provider)?.modelsByName.get(provider) },
    pricesByModel: {
      get: (model) => bookOf(model.slice(0, model.indexOf("/")))?.pricesByModel.get(model),
    },
  };
}

/** @throws Error when two models claim one name, or a version belongs to a model that is not there */
export function buildBook(files: readonly BookFile[]): PriceBook {
  const modelsByName = new Map<string, Map<string, ModelInfo>>();
  const models = new Map<string, BookModel>();
  for (const { provider, models: entries } of files) {
    const names = modelsByName.get(provider) ?? new Map<string, ModelInfo>();
    modelsByName.set(provider, names);
    for (const entry of entries) {
      const model = modelInfoOf(provider, entry);
      for (const name of [entry.name, ...(entry.aliases ?? [])]) claim(names, name, model);
      models.set(model.model, entry);
    }
  }
  for (const names of modelsByName.values())
    for (const model of names.values()) assertFamily(model, models);
  return { modelsByName, pricesByModel: pricesOf(models) };
}

/** Dates are read when a model is first asked for: most models of the book are never called by one instance. */
function pricesOf(models: ReadonlyMap<string, BookModel>): PriceList["pricesByModel"] {
  const read = new Map<string, ReturnType<typeof datedPriceOf>[]>();
  return {
    get: (model) => {
      const entry = models.get(model);
      if (!entry) return undefined;
      const prices =
        read.get(model) ??
        entry.prices.map((price) =>
          datedPriceOf(model, `${model.replace("/", ":")}:${price.effectiveFrom}`, price),
        );
      read.set(model, prices);
      return prices;
    },
  };
}

function modelInfoOf(provider: string, entry: BookModel): ModelInfo {
  const { name, versionOf = name, kind = "chat", encoding, reasoning = false } = entry;
  const contextTokens = entry.contextTokens ?? DEFAULT_CONTEXT_TOKENS;
  const mostOutput = kind === "embedding" ? 0 : contextTokens;
  return {
    model: `${provider}/${name}`,
    provider,
    name,
    family: `${provider}/${versionOf}`,
    kind,
    contextTokens,
    maxOutputTokens: entry.maxOutputTokens ?? mostOutput,
    encoding,
    reasoning,
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
