import {
  type ListModelPricesResponse,
  listModelPricesRequest,
  type ModelPriceItem,
  type UnpricedModelItem,
} from "../../contracts/model-prices.ts";
import { DAY_MS } from "../../core/period.ts";
import { type UnpricedModel, unpricedModels } from "../../ledger/unpriced-models.ts";
import { PRICE_BOOK, type PriceBook } from "../../pricing/book.ts";
import { type ListedModelPrice, listModelPrices as list } from "../../pricing/list-model-prices.ts";
import { findModel } from "../../pricing/models.ts";
import { resolveRates } from "../../pricing/resolve-price.ts";
import { withOwnPrices } from "../../pricing/with-own-prices.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { systemClock } from "../system-clock.ts";
import { ledgerStore, priceStore } from "../wiring.ts";

const UNPRICED_DAYS = 31;

/** Own prices, the shipped ones beneath them, and models that were called without one. */
export const listModelPrices = defineCallable(
  listModelPricesRequest,
  { ...DOOR, ...READER_DOOR, access: "admin" },
  async ({ data }): Promise<ListModelPricesResponse> => {
    const nowMs = systemClock.nowMs();
    const own = await priceStore().listPrices();
    const book = withOwnPrices(PRICE_BOOK, own);
    const { items, nextCursor } = list(book, own, data, nowMs);
    const since = new Date(nowMs - UNPRICED_DAYS * DAY_MS);
    const { models, documentsRead } =
      data.cursor === undefined
        ? await unpricedModels(ledgerStore(), since)
        : { models: [], documentsRead: 0 };
    return {
      items: items.map(priceItem),
      nextCursor,
      unpriced: models.map((model) => unpricedItem(model, book, nowMs)),
      documentsRead: documentsRead + own.length,
    };
  },
);

function priceItem({ provider, name, createdAt, ...price }: ListedModelPrice): ModelPriceItem {
  return { ...price, model: `${provider}/${name}`, createdAt: createdAt?.toISOString() ?? null };
}

function unpricedItem(model: UnpricedModel, book: PriceBook, nowMs: number): UnpricedModelItem {
  const name = model.model.slice(model.provider.length + 1);
  const info = findModel(book, model.provider, name);
  return {
    ...model,
    firstAt: model.firstAt.toISOString(),
    lastAt: model.lastAt.toISOString(),
    isPricedNow: info !== undefined && resolveRates(book, info, nowMs) !== undefined,
  };
}
