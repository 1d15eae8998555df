import { z } from "zod";
import { picoPerTokenFromUsdPerMillion } from "../../core/money.ts";
import { TOKEN_CLASSES } from "../../core/tokens.ts";

/**
 * The shape of the price book's files. Strict on purpose: a field that the code does not honour is refused here,
 * so that no price looks as if it were more precise than it is billed.
 */

/** USD per million tokens, exact. Zero is refused: what costs nothing says `free`. */
const usdPerMillion = z
  .string()
  .refine(
    (text) => (picoPerTokenFromUsdPerMillion(text) ?? 0) > 0,
    "needs a decimal above 0, 6 decimals at most",
  );

const rates = z.partialRecord(z.enum(TOKEN_CLASSES), usdPerMillion);

/** A day (its first instant, UTC) or an instant. */
const since = z.union([z.iso.date(), z.iso.datetime()]);

const provenance = {
  /** Where the price stands: the provider's page, or a page that quotes it. */
  source: z.string().regex(/^(https:\/\/|tools\/)\S+$/),
  /** The data set or quotation in which it was seen, when not on the page itself. */
  via: z.string().min(1).optional(),
  /** The day on which that was looked at. */
  checkedOn: z.iso.date(),
  /** Doubts, and where sources differ. */
  note: z.string().min(1).optional(),
};

const period = { effectiveFrom: since, effectiveTo: since.optional() };

const freePrice = z.strictObject({ ...period, free: z.literal(true), ...provenance });

const tokenPrice = z
  .strictObject({
    ...period,
    rates,
    contextTiers: z
      .array(z.strictObject({ fromInputTokens: z.int().positive(), rates }))
      .min(1)
      .optional(),
    ...provenance,
  })
  .refine(({ rates }) => rates.input !== undefined, "needs a rate for input")
  .refine(
    ({ rates, contextTiers = [] }) => contextTiers.every((tier) => sameClasses(tier.rates, rates)),
    "a context tier names the same classes as the price",
  )
  .refine(
    ({ contextTiers = [] }) => ascends(contextTiers.map((tier) => tier.fromInputTokens)),
    "context tiers ascend",
  );

const price = z
  .union([freePrice, tokenPrice])
  .refine(
    ({ effectiveFrom, effectiveTo }) =>
      effectiveTo === undefined || ascends([effectiveFrom, effectiveTo].map(Date.parse)),
    "effectiveTo comes after effectiveFrom",
  );

const name = z.string().regex(/^\S+$/);

const model = z
  .strictObject({
    name,
    /** Further names of the same model at the same price, each spelled out. */
    aliases: z.array(name).min(1).optional(),
    /** The model that this is a version of, with prices of its own. */
    versionOf: name.optional(),
    kind: z.enum(["chat", "embedding"]),
    contextTokens: z.int().positive(),
    /** 0 for embeddings. */
    maxOutputTokens: z.int().nonnegative(),
    encoding: z.enum(["o200k_base", "cl100k_base"]),
    reasoning: z.boolean(),
    note: z.string().min(1).optional(),
    prices: z.array(price).min(1),
  })
  .refine(
    ({ kind, maxOutputTokens }) => (kind === "chat") === maxOutputTokens > 0,
    "chat models, and no others, answer with tokens",
  )
  .refine(
    ({ kind, prices }) =>
      kind === "embedding" ||
      prices.every((each) => "free" in each || each.rates.output !== undefined),
    "a chat model needs a rate for output",
  )
  .refine(
    ({ prices }) => ascends(prices.map((each) => Date.parse(each.effectiveFrom))),
    "prices ascend by effectiveFrom",
  )
  .refine(
    ({ prices }) => prices.every((each, index) => endsBefore(each.effectiveTo, prices[index + 1])),
    "a price ends before the next begins",
  );

export const bookFileSchema = z.strictObject({
  provider: z.string().regex(/^[a-z]+$/),
  models: z.array(model).min(1),
});

export type BookFile = z.infer<typeof bookFileSchema>;
export type BookModel = BookFile["models"][number];
export type BookPrice = BookModel["prices"][number];

function ascends(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value > (values[index - 1] ?? value));
}

function sameClasses(some: object, others: object): boolean {
  return Object.keys(some).sort().join() === Object.keys(others).sort().join();
}

function endsBefore(effectiveTo: string | undefined, next: { effectiveFrom: string } | undefined) {
  return !effectiveTo || !next || Date.parse(effectiveTo) <= Date.parse(next.effectiveFrom);
}
