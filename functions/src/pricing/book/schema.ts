import { z } from "zod";
import { picoPerTokenFromUsdPerMillion } from "../../core/money.ts";
import { TOKEN_CLASSES } from "../../core/tokens.ts";
import { SERVICE_TIERS } from "../rates.ts";

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

/** Rates for requests of any size, and other ones from a number of input tokens on. */
const rateSet = {
  rates,
  contextTiers: z
    .array(z.strictObject({ fromInputTokens: z.int().positive(), rates }))
    .min(1)
    .optional(),
};

const serviceTier = z.strictObject(rateSet);

const day = z.iso.date();

/** Hours of the day, UTC, half-open; "16:30-00:30" passes midnight. */
const hours = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/);

const timeOfDay = z.strictObject({
  /** "peak"; ends the price version. */
  name: z.string().regex(/^[a-z-]+$/),
  hours: z.array(hours).min(1),
  /** 1 Monday to 7 Sunday, of the instant itself in UTC; absent: every day. */
  weekdays: z.array(z.int().min(1).max(7)).min(1).optional(),
  /** Days on which it does not apply, UTC. */
  exceptDays: z.array(day).min(1).optional(),
  ...rateSet,
});

const tokenPrice = z
  .strictObject({
    ...period,
    ...rateSet,
    serviceTiers: z.partialRecord(z.enum(SERVICE_TIERS), serviceTier).optional(),
    /** The first that an instant is in takes the place of `rates`. */
    timesOfDay: z.array(timeOfDay).min(1).optional(),
    ...provenance,
  })
  .refine(({ rates }) => rates.input !== undefined, "needs a rate for input")
  .refine(
    (price) => rateSetsOf(price).every((set) => sameClasses(set.rates, price.rates)),
    "context tiers, service tiers and times of day name the same classes as the price",
  )
  .refine(
    (price) =>
      [price, ...Object.values(price.serviceTiers ?? {}), ...(price.timesOfDay ?? [])].every(
        ({ contextTiers = [] }) => ascends(contextTiers.map((tier) => tier.fromInputTokens)),
      ),
    "context tiers ascend",
  )
  .refine(
    ({ serviceTiers, timesOfDay }) => !serviceTiers || !timesOfDay,
    "what a service tier costs by time of day cannot be said",
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
    /** Absent: chat. */
    kind: z.enum(["chat", "embedding"]).optional(),
    /** Absent: not looked up. */
    contextTokens: z.int().positive().optional(),
    /** 0 for embeddings; absent: not looked up. */
    maxOutputTokens: z.int().nonnegative().optional(),
    encoding: z.enum(["o200k_base", "cl100k_base"]).optional(),
    reasoning: z.boolean().optional(),
    note: z.string().min(1).optional(),
    prices: z.array(price).min(1),
  })
  .refine(
    ({ kind = "chat", maxOutputTokens }) =>
      maxOutputTokens === undefined || (kind === "chat") === maxOutputTokens > 0,
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
/** USD per million tokens by class, and from how many input tokens on. */
export type BookRateSet = z.infer<typeof serviceTier>;
export type BookTimeOfDay = z.infer<typeof timeOfDay>;

interface Tiered {
  readonly rates: object;
  readonly contextTiers?: readonly { readonly rates: object }[] | undefined;
}

function rateSetsOf(
  price: Tiered & {
    readonly serviceTiers?: Readonly<Record<string, Tiered | undefined>> | undefined;
    readonly timesOfDay?: readonly Tiered[] | undefined;
  },
): { readonly rates: object }[] {
  const others = [...Object.values(price.serviceTiers ?? {}), ...(price.timesOfDay ?? [])];
  const sets = [price, ...others.filter((set) => set !== undefined)];
  return sets.flatMap((set) => [set, ...(set.contextTiers ?? [])]);
}

function ascends(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value > (values[index - 1] ?? value));
}

function sameClasses(some: object, others: object): boolean {
  return Object.keys(some).sort().join() === Object.keys(others).sort().join();
}

function endsBefore(effectiveTo: string | undefined, next: { effectiveFrom: string } | undefined) {
  return !effectiveTo || !next || Date.parse(effectiveTo) <= Date.parse(next.effectiveFrom);
}
