import { TollgateError } from "../core/errors.ts";
import type { ModelNames } from "../ledger/entry.ts";
import { findModel, type ModelInfo } from "../pricing/models.ts";
import type { RateTable } from "../pricing/rates.ts";
import { resolveRates } from "../pricing/resolve-price.ts";
import type { CallDeps } from "./deps.ts";
import type { Provider } from "./port.ts";

const DEFAULT_PROVIDER = "openai";

/** A model as a call found it when it began. */
export interface CalledModel {
  readonly provider: Provider;
  /** The provider's own name, which is sent. */
  readonly name: string;
  readonly names: ModelNames;
  /** undefined for a model outside the price book; its entry is `unpriced`, for unknown is not zero. */
  readonly info: ModelInfo | undefined;
  readonly rates: RateTable | undefined;
}

/**
 * @param requested "provider/model"; a bare name means openai
 * @throws UNKNOWN_MODEL when no provider of that name is served here
 */
export function resolveModel(
  deps: Pick<CallDeps, "book" | "providers">,
  requested: string,
  atMs: number,
): CalledModel {
  const { providerName, name } = splitModel(requested);
  const provider = deps.providers.get(providerName);
  if (!provider) {
    const served = [...deps.providers.keys()].join(", ");
    throw new TollgateError(
      "UNKNOWN_MODEL",
      `no provider "${providerName}" here; served: ${served}`,
      {
        model: requested,
      },
    );
  }
  const info = findModel(deps.book, providerName, name);
  return {
    provider,
    name,
    names: {
      provider: providerName,
      model: info?.model ?? `${providerName}/${name}`,
      modelRequested: requested,
    },
    info,
    rates: info && resolveRates(deps.book, info, atMs),
  };
}

function splitModel(requested: string): { providerName: string; name: string } {
  const slash = requested.indexOf("/");
  if (slash < 0) return { providerName: DEFAULT_PROVIDER, name: requested };
  return { providerName: requested.slice(0, slash), name: requested.slice(slash + 1) };
}
