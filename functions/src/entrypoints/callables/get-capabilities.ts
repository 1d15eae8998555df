import {
  MAX_ID_CHARACTERS,
  MAX_METADATA_FIELDS,
  MAX_PAGE_LIMIT,
  MAX_RANGE_DAYS,
  MAX_TAGS,
  MAX_TEXT_BYTES,
} from "../../contracts/bounds.ts";
import { BUDGET_SCOPES, BUDGET_UNITS } from "../../contracts/budgets.ts";
import {
  type GetCapabilitiesResponse,
  getCapabilitiesRequest,
  type ModelItem,
} from "../../contracts/capabilities.ts";
import { WINDOWS } from "../../core/period.ts";
import type { PriceBook } from "../../pricing/book.ts";
import type { ModelInfo } from "../../pricing/models.ts";
import { resolveRates } from "../../pricing/resolve-price.ts";
import { providerNames } from "../called-providers.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { systemClock } from "../system-clock.ts";
import { currentPrices } from "../wiring.ts";

/** What this deployment can do, and what the caller may. */
export const getCapabilities = defineCallable(
  getCapabilitiesRequest,
  { ...DOOR, ...READER_DOOR, access: "user" },
  async ({ caller }): Promise<GetCapabilitiesResponse> => ({
    caller: { userId: caller.uid, isAdmin: caller.isAdmin, isService: caller.isService },
    models: modelItems(await currentPrices()),
    budgets: {
      scopes: BUDGET_SCOPES,
      units: BUDGET_UNITS,
      windows: WINDOWS,
      enforcements: ["alert", "block"],
    },
    bounds: {
      textBytes: MAX_TEXT_BYTES,
      idCharacters: MAX_ID_CHARACTERS,
      tags: MAX_TAGS,
      metadataFields: MAX_METADATA_FIELDS,
      pageLimit: MAX_PAGE_LIMIT,
      rangeDays: MAX_RANGE_DAYS,
    },
  }),
);

function modelItems(book: PriceBook): ModelItem[] {
  const models = providerNames().flatMap((name) => [
    ...(book.modelsByName.get(name)?.values() ?? []),
  ]);
  return [...new Set(models)].map((info) => modelItem(book, info));
}

function modelItem(book: PriceBook, info: ModelInfo): ModelItem {
  const { model, kind, contextTokens, maxOutputTokens } = info;
  const free = resolveRates(book, info, systemClock.nowMs())?.free ?? false;
  return { model, kind, contextTokens, maxOutputTokens, free };
}
