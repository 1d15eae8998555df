import { z } from "zod";
import { attoPerTokenFromUsdPerMillion } from "../../core/money.ts";
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
    (text) => (attoPerTokenFromUsdPerMillion(text) ?? 0) > 0,
    "needs a decimal above 0, 12 decimals at most, up to 9007",
  );

export const rates = z.partialRecord(z.enum(TOKEN_CLASSES), usdPerMillion);

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
export const contextTiers = z
  .array(z.strictObject({ fromInputTokens: z.int().positive(), rates }))
  .min(1);

const rateSet = { rates, contextTiers: contextTiers.optional() };

const serviceTier = z.strictObject(rateSet);

export const serviceTiers = z.partialRecord(z.enum(SERVICE_TIERS), serviceTier);

const day = z.iso.date();

/** Hours of the day, UTC, half-open; "16:30-00:30" passes midnight. */
const hours = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/);

export const timeOfDay = z.strictObject({
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
    serviceTiers: serviceTiers.optional(),
    /** The first that an instant is in takes the place of `rates`. */
    timesOfDay: z.array(timeOfDay).min(1).optional(),
    ...provenance,
  })
  .superRefine((price, context) => {
    for (const problem of ratesProblems(price)) context.addIssue({ code: "custom", ...problem });
  });

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

/** What a price says of its rates, from an instant on; also of a price of one's own. */
export type PriceTerms = Terms<BookPrice>;
type Terms<Price> = Price extends unknown
  ? Omit<Price, "source" | "via" | "checkedOn" | "note">
  : never;

interface Tiered {
  readonly rates: object;
  readonly contextTiers?:
    | readonly { readonly fromInputTokens: number; readonly rates: object }[]
    | undefined;
}

interface RatedPrice extends Tiered {
  readonly serviceTiers?: Readonly<Record<string, Tiered | undefined>> | undefined;
  readonly timesOfDay?: readonly Tiered[] | undefined;
}

export interface RatesProblem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What is wrong with the rates of a price as a whole, each with the field that it stands in. */
export function ratesProblems(price: RatedPrice): RatesProblem[] {
  const problems = setsOf(price).flatMap(({ path, set }) => {
    const tiers = set.contextTiers ?? [];
    const differing = [
      ...(sameClasses(set.rates, price.rates) ? [] : [[...path, "rates"]]),
      ...tiers.flatMap((tier, index) =>
        sameClasses(tier.rates, price.rates) ? [] : [[...path, "contextTiers", index, "rates"]],
      ),
    ];
    const ascending = ascends(tiers.map(({ fromInputTokens }) => fromInputTokens));
    return [
      ...differing.map((field) => ({ path: field, message: "must name the classes of `rates`" })),
      ...(ascending ? [] : [{ path: [...path, "contextTiers"], message: "must ascend" }]),
    ];
  });
  if (!("input" in price.rates))
    problems.unshift({ path: ["rates", "input"], message: "is required" });
  if (price.serviceTiers && price.timesOfDay)
    problems.push({ path: ["timesOfDay"], message: "must not stand together with serviceTiers" });
  return problems;
}

function setsOf(price: RatedPrice): { path: (string | number)[]; set: Tiered }[] {
  const tiers = Object.entries(price.serviceTiers ?? {}).flatMap(([tier, set]) =>
    set ? [{ path: ["serviceTiers", tier], set }] : [],
  );
  const times = (price.timesOfDay ?? []).map((set, index) => ({
    path: ["timesOfDay", index],
    set,
  }));
  return [{ path: [], set: price }, ...tiers, ...times];
}

export function ascends(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value > (values[index - 1] ?? value));
}

function sameClasses(some: object, others: object): boolean {
  return Object.keys(some).sort().join() === Object.keys(others).sort().join();
}

function endsBefore(effectiveTo: string | undefined, next: { effectiveFrom: string } | undefined) {
  return !effectiveTo || !next || Date.parse(effectiveTo) <= Date.parse(next.effectiveFrom);
}
