import { type SetModelPriceResponse, setModelPriceRequest } from "../../contracts/model-prices.ts";
import { PRICE_BOOK } from "../../pricing/book.ts";
import { priceVersionOf } from "../../pricing/own-price.ts";
import { setModelPrice as storePrice } from "../../pricing/set-model-price.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { effectiveBy } from "../effective-by.ts";
import { systemClock } from "../system-clock.ts";
import { priceStore } from "../wiring.ts";

/** Makes or corrects a price of one's own, which wins over the shipped one. */
export const setModelPrice = defineCallable(
  setModelPriceRequest,
  { ...DOOR, ...READER_DOOR, access: "admin" },
  async ({ data, caller }): Promise<SetModelPriceResponse> => {
    const now = new Date(systemClock.nowMs());
    const price = await storePrice(priceStore(), PRICE_BOOK, data, caller.uid, now);
    return {
      priceId: price.priceId,
      priceVersion: priceVersionOf(price),
      effectiveBy: effectiveBy(now),
    };
  },
);
