import { invalidField } from "../core/errors.ts";
import { payloadHashOf } from "../core/ids.ts";
import type { PriceTerms } from "./book/schema.ts";
import { type Catalogue, findModel } from "./models.ts";
import {
  effectiveOn,
  type OwnPrice,
  type OwnPriceFacts,
  type PriceStore,
  priceIdOf,
} from "./own-price.ts";

/** Own prices that may be there at once: every instance reads the list of them. */
export const MAX_OWN_PRICES = 1_000;

export type PriceSetting = PriceTerms &
  Pick<
    OwnPriceFacts,
    "provider" | "model" | "contextTokens" | "maxOutputTokens" | "source" | "note"
  > & {
    /** undefined: as the book has it, else chat. */
    readonly kind: OwnPriceFacts["kind"] | undefined;
  };

/**
 * Makes a price of one's own from an instant on, or corrects the one that began then. An earlier one without an end
 * stands until this one begins.
 * @throws INVALID_FIELD for one that overlaps another, or cannot bill what its model makes
 */
export async function setModelPrice(
  store: PriceStore,
  shipped: Catalogue,
  setting: PriceSetting,
  by: string,
  now: Date,
): Promise<OwnPrice> {
  const price = ownPriceOf(setting, shipped, by, now);
  if (price.kind === "chat" && !("free" in price) && price.rates.output === undefined)
    throw invalidField("rates.output", "is required for a chat model");
  const others = (await store.listPrices()).filter(({ priceId }) => priceId !== price.priceId);
  if (others.length >= MAX_OWN_PRICES)
    throw invalidField("data", `there are ${MAX_OWN_PRICES} prices of your own already`);
  assertNoOverlap(price, others);
  let unchanged: OwnPrice | undefined;
  const stored = await store.changePrice(price.priceId, (before) => {
    unchanged = before && termsHash(before) === termsHash(price) ? before : undefined;
    if (unchanged) return undefined;
    if (!before) return price;
    const { createdBy, createdAt, revision } = before;
    return { ...price, createdBy, createdAt, revision: revision + 1 };
  });
  return stored ?? unchanged ?? price;
}

function ownPriceOf(setting: PriceSetting, shipped: Catalogue, by: string, now: Date): OwnPrice {
  const { effectiveTo } = setting;
  const price = {
    ...setting,
    kind: setting.kind ?? findModel(shipped, setting.provider, setting.model)?.kind ?? "chat",
    effectiveFrom: effectiveOn(setting.effectiveFrom),
    ...(effectiveTo === undefined ? {} : { effectiveTo: effectiveOn(effectiveTo) }),
    revision: 1,
    createdBy: by,
    createdAt: now,
    updatedAt: now,
  };
  return { ...price, priceId: priceIdOf(price) };
}

/** Only ends that were said can overlap: an open end gives way to the next price. */
function assertNoOverlap(price: OwnPrice, others: readonly OwnPrice[]): void {
  const [from, to] = boundsOf(price);
  for (const other of others) {
    if (other.provider !== price.provider || other.model !== price.model) continue;
    const [otherFrom, otherTo] = boundsOf(other);
    if (otherFrom < from && otherTo !== undefined && from < otherTo)
      throw invalidField("effectiveFrom", `lies within the price ${other.priceId}`);
    if (from < otherFrom && to !== undefined && otherFrom < to)
      throw invalidField("effectiveTo", `lies behind the beginning of the price ${other.priceId}`);
  }
}

function boundsOf({ effectiveFrom, effectiveTo }: PriceTerms): [from: number, to?: number] {
  return effectiveTo === undefined
    ? [Date.parse(effectiveFrom)]
    : [Date.parse(effectiveFrom), Date.parse(effectiveTo)];
}

function termsHash(price: OwnPrice): string {
  const { revision, createdBy, createdAt, updatedAt, ...terms } = price;
  return payloadHashOf(terms);
}
