import { capKeys, type KnownKeys, withKeys } from "../../ledger/caps.ts";
import { contributionsOf, monthDocId, sessionDocId } from "../../ledger/contributions.ts";
import type { Entry } from "../../ledger/entry.ts";
import { addCounters, type Counters } from "../../ledger/plan.ts";
import { compareNewestFirst, isInside, positionOf } from "../edges.ts";
import { type AnalyticsStore, ENTRY_LEADS, type EntryQuery, type Found } from "../port.ts";
import { readDay, readMonth, readSession } from "../records.ts";

interface Stored {
  fields: Record<string, unknown>;
  add: Counters;
  known: KnownKeys;
}

/** A store of given entries and the aggregates that they come to; `waiting` ones are not aggregated yet. */
export function memoryStore(
  entries: readonly Entry[],
  waiting: readonly Entry[] = [],
): AnalyticsStore {
  const aggregates = new Map<string, Stored>();
  for (const entry of entries) addEntry(aggregates, entry);
  const all = [...entries, ...waiting].sort((a, b) =>
    compareNewestFirst(positionOf(a), positionOf(b)),
  );
  const inCollection = (collection: string) =>
    [...aggregates].filter(([path]) => path.startsWith(`${collection}/`)).map(([, doc]) => doc);
  const fieldsAt = (path: string) => {
    const doc = aggregates.get(path);
    return doc && { ...doc.fields, ...doc.add };
  };

  return {
    async months(userId, months) {
      const found = months.map((month) => fieldsAt(`usage_monthly/${monthDocId(userId, month)}`));
      const items = found.filter((fields) => fields !== undefined).map(readMonth);
      return { items, documentsRead: months.length };
    },
    async days(fromDay, toDay, maps) {
      const all = inCollection("usage_daily").map(({ fields, add }) => ({ fields, add }));
      const wanted = all.filter(({ fields }) => {
        const day = fields.day as string;
        return day >= fromDay && day < toDay;
      });
      const items = wanted.map(({ fields, add }) => {
        const kept = maps.map((name) => [name, add[name]]);
        return readDay({ ...fields, totals: add.totals, ...Object.fromEntries(kept) });
      });
      return { items, documentsRead: items.length };
    },
    async session(userId, sessionId) {
      const fields = fieldsAt(`usage_sessions/${sessionDocId(userId, sessionId)}`);
      return fields && readSession(fields);
    },
    async topMonths() {
      throw new Error("tried against the emulator");
    },
    async monthCostNanoUsd() {
      throw new Error("tried against the emulator");
    },
    entries: async (query) => page(all, query),
    countedEntries: async (query) => page(all, query),
    async pending(limit) {
      return waiting.slice(0, limit).map((entry) => ({
        entries: 1,
        calls: new Map(
          contributionsOf(entry).map(({ doc }) => [`${doc.collection}/${doc.id}`, 1] as const),
        ),
      }));
    },
  };
}

function addEntry(aggregates: Map<string, Stored>, entry: Entry): void {
  for (const { doc, set, add, min, max } of contributionsOf(entry)) {
    const path = `${doc.collection}/${doc.id}`;
    const before = aggregates.get(path) ?? { fields: {}, add: {}, known: new Map() };
    const capped = capKeys(add, before.known);
    aggregates.set(path, {
      fields: {
        ...before.fields,
        ...set,
        ...extreme(before.fields, min, Math.min),
        ...extreme(before.fields, max, Math.max),
      },
      add: addCounters(before.add, capped),
      known: withKeys(before.known, capped),
    });
  }
}

function extreme(
  fields: Record<string, unknown>,
  given: Counters | undefined,
  choose: (a: number, b: number) => number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(given ?? {}).map(([name, value]) => [
      name,
      choose((fields[name] ?? value) as number, value as number),
    ]),
  );
}

function page(all: readonly Entry[], { lead, edges, after, limit }: EntryQuery): Found<Entry> {
  const items = all
    .filter((entry) =>
      ENTRY_LEADS[lead.name].every((field, index) => entry[field] === lead.values[index]),
    )
    .filter((entry) => isInside(positionOf(entry), edges))
    .filter((entry) => !after || compareNewestFirst(positionOf(entry), after) > 0)
    .slice(0, limit);
  return { items, documentsRead: items.length };
}
