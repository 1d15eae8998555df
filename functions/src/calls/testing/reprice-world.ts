import { entryIdOf } from "../../core/ids.ts";
import type { TokenClasses, Usage } from "../../core/tokens.ts";
import { type Attribution, buildEntry, type Entry } from "../../ledger/entry.ts";
import type { Outbox, Target } from "../../ledger/outbox.ts";
import { addCounters, type Counters, withoutZeros } from "../../ledger/plan.ts";
import { planBooking } from "../../ledger/settle.ts";
import { sampleAttribution } from "../../ledger/testing/sample-call.ts";
import { smallStore } from "../../ledger/testing/small-store.ts";
import type { WindowMove } from "../../ledger/window-move.ts";
import { PRICE_BOOK, type PriceBook } from "../../pricing/book.ts";
import { rateUsage } from "../../pricing/rate-usage.ts";
import { type RepriceCommand, repriceEntries } from "../reprice-entries.ts";
import { priceModel } from "../resolve-model.ts";

export const NOW = new Date("2026-11-22T14:00:00Z");

export interface SampleUse {
  readonly classes: TokenClasses;
  readonly atMs: number;
  readonly model?: string;
  readonly attribution?: Partial<Attribution>;
  readonly usageStatus?: Usage["status"];
  readonly failed?: boolean;
  readonly serviceTier?: string;
  readonly windows?: readonly WindowMove[];
}

/** A ledger in memory whose calls are booked at the prices of one book, and re-priced at those of another. */
export function repriceWorld() {
  const small = smallStore(NOW.getTime());
  let ids = 0;
  const context = () => {
    const randomId = () => {
      ids += 1;
      return `outbox-${ids}`;
    };
    return { now: NOW, shards: 1, randomId };
  };
  const book = async (prices: PriceBook, uses: readonly SampleUse[]) => {
    for (const [index, use] of uses.entries()) {
      const draft = draftOf(prices, use, `r${index}`);
      await small.store.commit(planBooking([draft], [], context()), 1_000);
    }
  };
  const reprice = (prices: PriceBook, more: Partial<RepriceCommand> = {}) =>
    repriceEntries(
      { store: small.store, book: prices, context, deadlineMs: 1_000 },
      { ...COMMAND, ...more },
    );
  const entries = () => Object.values(small.all("usage_tracking")) as Entry[];
  const outboxes = () => Object.values(small.all("usage_outbox")) as Outbox[];
  return { ...small, book, reprice, entries, sums: () => sumsOf(outboxes()) };
}

const COMMAND: RepriceCommand = {
  provider: "openai",
  model: "gpt-9",
  from: new Date("2025-01-01T00:00:00Z"),
  to: new Date("2027-01-01T00:00:00Z"),
  dryRun: false,
  reason: "the price is known now",
  by: "ann",
  limit: 1_000,
  after: undefined,
};

function draftOf(prices: PriceBook, use: SampleUse, requestId: string) {
  const { model = "openai/gpt-9", usageStatus: status = "exact", serviceTier } = use;
  const { names, rates } = priceModel(prices, model, use.atMs, serviceTier);
  return buildEntry({
    identity: { subject: "user:alice", requestId, payloadHash: "payload", nonce: requestId },
    attribution: sampleAttribution(use.attribution),
    names,
    windows: use.windows ?? [],
    retentionDays: 400,
    attempt: {
      attempt: 1,
      requests: 1,
      entryId: entryIdOf("user:alice", requestId, 1),
      usage: { classes: use.classes, status },
      cost: rateUsage(rates, use.classes),
      serviceTier,
      status: use.failed ? "error" : "ok",
      modelAnswered: null,
      providerRequestId: null,
      rawUsage: null,
      providerCostNanoUsd: null,
      overrunNanoUsd: 0,
      latencyMs: 100,
      firstChunkMs: null,
      startedAt: new Date(use.atMs),
      settledAt: new Date(use.atMs + 100),
    },
  });
}

/** What all outbox documents add, by document; counters that never fall less what was credited to them. */
function sumsOf(outboxes: readonly Outbox[]): Counters {
  const sums = outboxes
    .flatMap(({ targets }) => targets)
    .reduce<Counters>((sum, target) => addCounters(sum, { [pathOf(target)]: netOf(target) }), {});
  return withoutZeros(sums);
}

function pathOf({ collection, id }: Target): string {
  return `${collection}/${id}`;
}

function netOf({ add: { credits = {}, ...counters } }: Target): Counters {
  return addCounters(counters, negated(credits as Counters));
}

function negated(tree: Counters): Counters {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === "number" ? -value : negated(value),
    ]),
  );
}

export const SHIPPED = PRICE_BOOK;
