import { TollgateError } from "../core/errors.ts";
import { addExact } from "../core/money.ts";
import { MAX_CHAIN, readChains } from "../ledger/chains.ts";
import { planRepricing, reachedBy } from "../ledger/corrections.ts";
import type { Entry, EntryDraft } from "../ledger/entry.ts";
import type { LedgerStore, ModelCursor } from "../ledger/port.ts";
import { countIn, type NewPrice, repriced } from "../ledger/reprice.ts";
import { planBooking, type SettleContext } from "../ledger/settle.ts";
import type { PriceBook } from "../pricing/book.ts";
import { findModel } from "../pricing/models.ts";
import { priceModel } from "./resolve-model.ts";

/** Entries whose corrections share a commit: with their outbox well below Firestore's 10 MiB. */
const MAX_BATCH = 50;
const MAX_TRIES = 5;

export interface RepriceCommand {
  readonly provider: string;
  /** The provider's name for the model, or one of its aliases. */
  readonly model: string;
  /** By the start of calls, half-open. */
  readonly from: Date;
  readonly to: Date;
  readonly dryRun: boolean;
  readonly reason: string | null;
  readonly by: string;
  /** Entries and corrections that are looked at. */
  readonly limit: number;
  readonly after: ModelCursor | undefined;
}

export interface RepriceDeps {
  readonly store: LedgerStore;
  readonly book: PriceBook;
  readonly context: () => SettleContext;
  readonly deadlineMs: number;
}

/** Sums over calls; amounts in nanoUSD, corrections that were there before included. */
export interface RepriceSums {
  readonly entries: number;
  /** Of them, those whose cost or price status changes. */
  readonly changed: number;
  readonly beforeNanoUsd: number;
  readonly afterNanoUsd: number;
  readonly differenceNanoUsd: number;
}

export const NO_SUMS: RepriceSums = {
  entries: 0,
  changed: 0,
  beforeNanoUsd: 0,
  afterNanoUsd: 0,
  differenceNanoUsd: 0,
};

export interface RepriceReport {
  readonly months: ReadonlyMap<string, RepriceSums>;
  /** Entries that have no price now either, or whose chain of corrections is full. */
  readonly left: number;
  readonly documentsRead: number;
  readonly next: ModelCursor | undefined;
}

/** An entry, its corrections so far, and what it would be at its new price. */
interface Work {
  readonly entry: Entry;
  readonly chain: readonly Entry[];
  readonly target: EntryDraft;
}

/**
 * One page of re-pricing: what the entries of a model cost by the prices of today for their own instants, and, unless
 * it is a dry run, the corrections that take them there. Safe to repeat, and to run twice at once: the second finds
 * nothing left to correct.
 * @throws STORE_UNAVAILABLE when the store does not take a batch; what was corrected before stays so
 */
export async function repriceEntries(
  deps: RepriceDeps,
  command: RepriceCommand,
): Promise<RepriceReport> {
  const { from, to, limit, after } = command;
  const models = storedNames(deps.book, command);
  const page = await deps.store.entriesOfModels({ models, from, to, limit, after });
  const asked = pricedEntries(deps.book, command, page.items);
  const ids = asked.map(({ entry }) => entry.entryId);
  const { chains, documentsRead } = await readChains(deps.store, ids, deps.deadlineMs);
  const works = asked.flatMap(({ entry, price }) => {
    const chain = chains.get(entry.entryId) ?? [];
    const target = price && chain.length < MAX_CHAIN ? repriced(entry, chain, price) : undefined;
    return target ? [{ entry, chain, target }] : [];
  });
  if (!command.dryRun) await correctAll(deps, command, works);
  return {
    months: sumsByMonth(works),
    left: asked.length - works.length,
    documentsRead: page.documentsRead + documentsRead,
    next: page.next,
  };
}

/** Under which names the ledger can have booked calls of a model: as it was asked for, or as a book knew it. */
function storedNames(book: PriceBook, { provider, model }: RepriceCommand): string[] {
  const known = [book, book.shipped ?? book].map((each) => findModel(each, provider, model)?.model);
  return [...new Set([`${provider}/${model}`, ...known.filter((name) => name !== undefined)])];
}

/** Calls that are of the model by the names of today, with their price if there is one. */
function pricedEntries(
  book: PriceBook,
  { provider, model }: RepriceCommand,
  entries: readonly Entry[],
): { entry: Entry; price: NewPrice | undefined }[] {
  const wanted = findModel(book, provider, model)?.model ?? `${provider}/${model}`;
  const calls = entries.filter(
    ({ kind, priceStatus }) => kind === "call" && priceStatus !== "provider",
  );
  return calls.flatMap((entry) => {
    const { names, rates } = modelOf(book, entry);
    return names.model === wanted ? [{ entry, price: rates && { names, rates } }] : [];
  });
}

/** What was asked for may have a name by now; what stands for a model in a deployment's settings has that model's. */
function modelOf(book: PriceBook, { modelRequested, model, startedAt, serviceTier }: Entry) {
  const at = (name: string) =>
    priceModel(book, name, startedAt.getTime(), serviceTier ?? undefined);
  const asked = at(modelRequested);
  const { names, rates } = asked.info ? asked : at(model);
  return { names: { ...names, modelRequested }, rates };
}

async function correctAll(
  deps: RepriceDeps,
  command: RepriceCommand,
  works: readonly Work[],
): Promise<void> {
  for (let at = 0; at < works.length; at += MAX_BATCH)
    await correct(deps, command, works.slice(at, at + MAX_BATCH));
}

/** A refusal or silence says nothing by itself: the chains are read again, and what is there needs no more. */
async function correct(
  deps: RepriceDeps,
  command: RepriceCommand,
  batch: readonly Work[],
): Promise<void> {
  let works = batch;
  let cause: unknown;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const context = deps.context();
    const drafts = works.flatMap((work) => correctionsOf(work, command, context.now));
    if (drafts.length === 0) return;
    const outcome = await deps.store.commit(planBooking(drafts, [], context), deps.deadlineMs);
    if (outcome.status === "done") return;
    cause = outcome.cause;
    works = await readAgain(deps, works);
  }
  const message = "the corrections could not be written; run it again with the same cursor";
  throw new TollgateError("STORE_UNAVAILABLE", message, { retryAfterSeconds: 5 }, { cause });
}

async function readAgain(deps: RepriceDeps, works: readonly Work[]): Promise<Work[]> {
  const ids = works.map(({ entry }) => entry.entryId);
  const { chains } = await readChains(deps.store, ids, deps.deadlineMs);
  return works.flatMap(({ entry }) => {
    const chain = chains.get(entry.entryId) ?? [];
    const { names, rates } = modelOf(deps.book, entry);
    const target = rates && repriced(entry, chain, { names, rates });
    return target ? [{ entry, chain, target }] : [];
  });
}

function correctionsOf({ entry, chain, target }: Work, { by, reason }: RepriceCommand, now: Date) {
  const drafts = planRepricing(entry, chain, target, now);
  return drafts.map((draft) => ({ ...draft, correctedBy: by, correctionReason: reason }));
}

function sumsByMonth(works: readonly Work[]): ReadonlyMap<string, RepriceSums> {
  const months = new Map<string, RepriceSums>();
  for (const work of works) {
    const { month } = work.entry;
    months.set(month, addSums(months.get(month) ?? NO_SUMS, sumsOf(work)));
  }
  return months;
}

function sumsOf({ entry, chain, target }: Work): RepriceSums {
  const beforeNanoUsd = countIn(reachedBy(entry, chain), "costNanoUsd");
  const afterNanoUsd = countIn(target.add, "costNanoUsd");
  const isChanged = planRepricing(entry, chain, target, entry.settledAt).length > 0;
  return {
    entries: 1,
    changed: isChanged ? 1 : 0,
    beforeNanoUsd,
    afterNanoUsd,
    differenceNanoUsd: afterNanoUsd - beforeNanoUsd,
  };
}

/** @throws RangeError beyond 2^53 nanoUSD, 9 million dollars */
export function addSums(a: RepriceSums, b: RepriceSums): RepriceSums {
  return {
    entries: a.entries + b.entries,
    changed: a.changed + b.changed,
    beforeNanoUsd: addExact(a.beforeNanoUsd, b.beforeNanoUsd, "beforeNanoUsd"),
    afterNanoUsd: addExact(a.afterNanoUsd, b.afterNanoUsd, "afterNanoUsd"),
    differenceNanoUsd: addExact(a.differenceNanoUsd, b.differenceNanoUsd, "differenceNanoUsd"),
  };
}
