import { type Catalogue, findModel, type ModelInfo } from "./models.ts";
import type { RateTable, ServiceTier } from "./rates.ts";

/** A price and the half-open time in which it is valid. */
export interface DatedPrice {
  readonly fromMs: number;
  /** undefined: until the next price begins, or for good. */
  readonly toMs: number | undefined;
  /**
   * The rates at an instant within that time, in a service tier; undefined for a tier that has no price here.
   * Made when first asked for, then the same: most models of the book are never called by one instance.
   */
  ratesAt(atMs: number, serviceTier: ServiceTier): RateTable | undefined;
}

/** Prices by ModelInfo.model, ascending by `fromMs`. */
export interface PriceList {
  readonly pricesByModel: Pick<ReadonlyMap<string, readonly DatedPrice[]>, "get">;
}

/**
 * What a model costs at an instant: the last price that began at or before it. o3 was cut on 2025-06-10: a call at
 * 2025-06-09T23:59:59.999Z has 10 dollars per million input tokens, one at 2025-06-10T00:00:00.000Z has 2.
 * In a service tier it is that tier's price of the same time: a call that the provider served as `flex` is billed as
 * flex, and never as standard when the book has no price for flex.
 * @returns undefined before the first price, from a price's end until the next begins, and for a tier without price
 */
export function resolveRates(
  book: PriceList,
  model: ModelInfo,
  atMs: number,
  serviceTier: ServiceTier = "standard",
): RateTable | undefined {
  const price = book.pricesByModel.get(model.model)?.findLast(({ fromMs }) => fromMs <= atMs);
  if (!price || (price.toMs !== undefined && atMs >= price.toMs)) return undefined;
  return price.ratesAt(atMs, serviceTier);
}

type AnswerBook = Catalogue & PriceList & { readonly shipped?: AnswerBook };

/**
 * Whether an answer under another name may be billed at the rates of the model that was asked for: it is that model,
 * or a version of the same family that costs the same at that instant. A call to gpt-4o is answered by
 * gpt-4o-2024-08-06 at the same 2.50/10; an answer by gpt-4o-2024-05-13 (5/15) or by a name outside the book is not.
 *
 * Prices of one's own say what is paid, and not what a provider tells apart: where the shipped book knows both names,
 * it decides.
 */
export function answersFor(
  book: AnswerBook,
  asked: ModelInfo,
  answeredName: string,
  atMs: number,
): boolean {
  const { shipped } = book;
  const known = shipped && findModel(shipped, asked.provider, asked.name);
  if (shipped && known && findModel(shipped, asked.provider, answeredName))
    return answersFor(shipped, known, answeredName, atMs);
  const answered = findModel(book, asked.provider, answeredName);
  if (answered?.family !== asked.family) return false;
  if (answered.model === asked.model) return true;
  const [ours, theirs] = [asked, answered].map((model) => resolveRates(book, model, atMs));
  return ours !== undefined && theirs !== undefined && sameRates(ours, theirs);
}

function sameRates(a: RateTable, b: RateTable): boolean {
  return a.free === b.free && JSON.stringify(a.tiers) === JSON.stringify(b.tiers);
}
