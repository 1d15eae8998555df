import type { TokenClass } from "../../functions/src/core/tokens.ts";
import type { PriceBook } from "../../functions/src/pricing/book.ts";
import { findModel } from "../../functions/src/pricing/models.ts";
import type { RateTable } from "../../functions/src/pricing/rates.ts";
import { resolveRates } from "../../functions/src/pricing/resolve-price.ts";
import type { ListedPrice, ListedTier } from "./listed-price.ts";

/** Where the book and a data set say different things of a model. */
export interface Difference {
  /** "openai/gpt-4o" */
  readonly model: string;
  /** "unknown" to the book, without a price on that day, or at other rates. */
  readonly kind: "unknown" | "unpriced" | "rates";
  /** "cacheRead from 200001: ours 0.25, theirs 0.3" in dollars per million tokens. */
  readonly details: readonly string[];
}

/** What the book says otherwise than a data set, of every model that the data set lists by name. */
export function differences(
  book: PriceBook,
  listed: readonly ListedPrice[],
  atMs: number,
): Difference[] {
  return listed.flatMap((theirs): Difference[] => {
    const model = `${theirs.provider}/${theirs.name}`;
    const info = findModel(book, theirs.provider, theirs.name);
    if (!info) return [{ model, kind: "unknown", details: [] }];
    const ours = resolveRates(book, info, atMs);
    if (!ours) return [{ model, kind: "unpriced", details: [] }];
    const details = ours.free ? ["ours is free"] : ratesApart(ours, theirs.tiers);
    return details.length === 0 ? [] : [{ model, kind: "rates", details }];
  });
}

function ratesApart(ours: RateTable, theirs: readonly ListedTier[]): string[] {
  const edges = [...ours.tiers, ...theirs].map(({ fromInputTokens }) => fromInputTokens);
  return [...new Set(edges)]
    .sort((one, other) => one - other)
    .flatMap((edge) => {
      const [our, their] = [ratesFrom(ours.tiers, edge), ratesFrom(theirs, edge)];
      const names = Object.keys(their) as TokenClass[];
      return names
        .filter((name) => our[name] !== their[name])
        .map((name) => `${name} from ${edge}: ours ${usd(our[name])}, theirs ${usd(their[name])}`);
    });
}

function ratesFrom(tiers: readonly ListedTier[], edge: number): ListedTier["rates"] {
  return tiers.findLast(({ fromInputTokens }) => fromInputTokens <= edge)?.rates ?? {};
}

function usd(atto: number | undefined): string {
  return atto === undefined ? "none" : String(atto / 1e12);
}
