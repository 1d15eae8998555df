import { TollgateError } from "../core/errors.ts";
import type { ModelNames } from "../ledger/entry.ts";
import type { PriceBook } from "../pricing/book.ts";
import { findModel, type ModelInfo } from "../pricing/models.ts";
import type { RateTable, ServiceTier } from "../pricing/rates.ts";
import { resolveRates } from "../pricing/resolve-price.ts";
import type { CallDeps } from "./deps.ts";
import type { Provider } from "./port.ts";

const DEFAULT_PROVIDER = "openai";

/** A model as the price book knows it at an instant. */
export interface PricedModel {
  /** The prices as they were known then. */
  readonly book: PriceBook;
  /** The provider's own name, which is sent. */
  readonly name: string;
  /** The name that its tokens are counted by: a deployment says nothing of its tokenizer, its model does. */
  readonly countedAs: string;
  readonly names: ModelNames;
  /** undefined for a model outside the price book; its entry is `unpriced`, for unknown is not zero. */
  readonly info: ModelInfo | undefined;
  readonly rates: RateTable | undefined;
}

/** A model as a call found it when it began. */
export interface CalledModel extends PricedModel {
  readonly provider: Provider;
}

/**
 * @param requested "provider/model"; a bare name means openai
 * @throws UNKNOWN_MODEL when no provider of that name is served here
 */
export function resolveModel(
  deps: Pick<CallDeps, "providers"> & { readonly book: PriceBook },
  requested: string,
  atMs: number,
): CalledModel {
  const provider = providerOf(deps.providers, requested);
  const { name, ...model } = priceModel(deps.book, bookNameOf(provider, requested), atMs);
  return {
    provider,
    ...model,
    name: splitModel(requested).name,
    names: { ...model.names, modelRequested: requested },
  };
}

function bookNameOf(provider: Provider, requested: string): string {
  if (!provider.bookName) return requested;
  const { providerName, name } = splitModel(requested);
  return `${providerName}/${provider.bookName(name)}`;
}

/** @throws UNKNOWN_MODEL when the provider that the name begins with is not among them */
export function providerOf<T>(providers: ReadonlyMap<string, T>, requested: string): T {
  const { providerName } = splitModel(requested);
  const provider = providers.get(providerName);
  if (provider !== undefined) return provider;
  const served = [...providers.keys()].join(", ");
  const message = `no provider "${providerName}" here; served: ${served}`;
  throw new TollgateError("UNKNOWN_MODEL", message, { model: requested });
}

/** @param requested "provider/model"; a bare name means openai */
export function priceModel(
  book: PriceBook,
  requested: string,
  atMs: number,
  serviceTier?: ServiceTier,
): PricedModel {
  const { providerName, name } = splitModel(requested);
  const info = findModel(book, providerName, name);
  return {
    book,
    name,
    countedAs: info?.name ?? name,
    names: {
      provider: providerName,
      model: info?.model ?? `${providerName}/${name}`,
      modelRequested: requested,
    },
    info,
    rates: info && resolveRates(book, info, atMs, serviceTier),
  };
}

function splitModel(requested: string): { providerName: string; name: string } {
  const slash = requested.indexOf("/");
  if (slash < 0) return { providerName: DEFAULT_PROVIDER, name: requested };
  return { providerName: requested.slice(0, slash), name: requested.slice(slash + 1) };
}
