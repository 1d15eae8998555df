import { encodeKey } from "../core/ids.ts";
import type { PriceTerms } from "./book/schema.ts";

/** A price of one's own, as stored in `model_prices`: terms as the price book writes them, and who said so. */
export type OwnPrice = PriceTerms & OwnPriceFacts;

export interface OwnPriceFacts {
  readonly priceId: string;
  readonly provider: string;
  /** The provider's name for the model, "gpt-9"; a name that the book has as an alias gets a price of its own. */
  readonly model: string;
  readonly kind: "chat" | "embedding";
  /** null: as the book has it, if it knows the model. */
  readonly contextTokens: number | null;
  readonly maxOutputTokens: number | null;
  readonly source: string | null;
  readonly note: string | null;
  /** 1, and one more with each change of its terms. */
  readonly revision: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What the pricing room asks of a store. Every call ends within its own deadline. */
export interface PriceStore {
  listPrices(): Promise<OwnPrice[]>;
  /** Reads the price and writes what `change` makes of it, by compare and set; `undefined` writes nothing. */
  changePrice(
    priceId: string,
    change: (before: OwnPrice | undefined) => OwnPrice | undefined,
  ): Promise<OwnPrice | undefined>;
}

/** "openai:gpt-9:2026-11-01": one price for a model and an instant. */
export function priceIdOf(price: Pick<OwnPrice, "provider" | "model" | "effectiveFrom">): string {
  return [price.provider, price.model, price.effectiveFrom].map(encodeKey).join(":");
}

/**
 * Says in every entry that the price was one's own, and which state of it: "own:openai:gpt-9:2026-11-01", after it was
 * corrected "own:openai:gpt-9:2026-11-01#2".
 */
export function priceVersionOf(
  price: Pick<OwnPrice, "provider" | "model" | "effectiveFrom" | "revision">,
): string {
  const version = `own:${price.provider}:${price.model}:${price.effectiveFrom}`;
  return price.revision === 1 ? version : `${version}#${price.revision}`;
}

/** One way to write an instant: a day for its first instant, UTC, so that an id says the same price only once. */
export function effectiveOn(isoInstant: string): string {
  return new Date(isoInstant).toISOString().replace("T00:00:00.000Z", "");
}
