import { randomUUID } from "node:crypto";
import {
  addSums,
  NO_SUMS,
  type RepriceReport,
  repriceEntries as reprice,
} from "../../calls/reprice-entries.ts";
import { DAY_SHARDS } from "../../config.ts";
import {
  type RepriceEntriesResponse,
  repriceEntriesRequest,
} from "../../contracts/reprice-entries.ts";
import type { ModelCursor } from "../../ledger/port.ts";
import { PRICE_BOOK } from "../../pricing/book.ts";
import { withOwnPrices } from "../../pricing/with-own-prices.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { systemClock } from "../system-clock.ts";
import { ledgerStore, priceStore } from "../wiring.ts";

const DEADLINE_MS = 20_000;
/** A page of 1 000 entries takes seconds; a store that limps may take its time. */
const REPRICE_DOOR = { ...READER_DOOR, timeoutSeconds: 300 };

/** Takes entries to what they cost by the prices of today, by corrections; says first what that would be. */
export const repriceEntries = defineCallable(
  repriceEntriesRequest,
  { ...DOOR, ...REPRICE_DOOR, access: "admin" },
  async ({ data, caller }): Promise<RepriceEntriesResponse> => {
    const deps = {
      store: ledgerStore(),
      book: withOwnPrices(PRICE_BOOK, await priceStore().listPrices()),
      context: () => ({
        now: new Date(systemClock.nowMs()),
        shards: DAY_SHARDS.value(),
        randomId: randomUUID,
      }),
      deadlineMs: DEADLINE_MS,
    };
    const { from, to, cursor, ...asked } = data;
    const range = { from: new Date(from), to: new Date(to) };
    const command = { ...asked, ...range, by: caller.uid, after: cursorOf(cursor) };
    return answerOf(await reprice(deps, command), data.dryRun);
  },
);

function cursorOf(cursor: string | undefined): ModelCursor | undefined {
  const [startedAt, entryId] = cursor?.split("_") ?? [];
  if (startedAt === undefined || entryId === undefined) return undefined;
  return { startedAt: new Date(startedAt), entryId };
}

function answerOf(report: RepriceReport, dryRun: boolean): RepriceEntriesResponse {
  const { months, left, documentsRead, next } = report;
  const sorted = [...months].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    dryRun,
    totals: sorted.reduce((sum, [, sums]) => addSums(sum, sums), NO_SUMS),
    items: sorted.map(([month, sums]) => ({ month, ...sums })),
    left,
    documentsRead,
    nextCursor: next ? `${next.startedAt.toISOString()}_${next.entryId}` : null,
  };
}
