import { DAY_MS, dayOf, monthEndMs } from "../core/period.ts";
import { type Comparison, compareAtOnce } from "./compare.ts";
import { COMPARED, type ComparedCollection, type CompareStore } from "./compare-port.ts";
import type { CompareDeps, ComparedKey } from "./compare-run.ts";
import { contributionsOf, dayDocId, monthDocId, sessionDocId } from "./contributions.ts";
import { pathOf } from "./expected.ts";
import type { DocumentKey } from "./plan.ts";
import { type NotedLeaf, planRepair } from "./repair.ts";
import { repair } from "./repair-once.ts";

/** Documents that are compared at one instant, every entry of each. */
const AT_ONCE = 10;
const PAGE_SIZE = 500;

/** What an administrator wants to see right. */
export type RebuildTarget =
  | { readonly kind: "user"; readonly userId: string; readonly month: string }
  | { readonly kind: "session"; readonly userId: string; readonly sessionId: string }
  | { readonly kind: "day"; readonly day: string }
  | { readonly kind: "window"; readonly windowId: string }
  /** Everything that the entries of a month have moved. */
  | { readonly kind: "month"; readonly month: string }
  /** What has moved since an instant. */
  | { readonly kind: "moved"; readonly since: Date };

export interface RebuildOptions {
  readonly now: Date;
  readonly shards: number;
  /** false: a dry run, which only says what differs. */
  readonly isApplied: boolean;
}

export interface Rebuilt {
  readonly doc: DocumentKey;
  readonly outcome: Comparison["outcome"];
  readonly leaves: readonly NotedLeaf[];
  readonly isRepaired: boolean;
}

/** Compares documents entry by entry with the ledger, and repairs what differs if that is wanted. */
export async function* rebuild(
  deps: CompareDeps,
  target: RebuildTarget,
  { now, shards, isApplied }: RebuildOptions,
): AsyncIterable<Rebuilt> {
  const docs = await documentsOf(deps.store, target, shards, now);
  for (let at = 0; at < docs.length; at += AT_ONCE) {
    const compared = await deps.store.atOneInstant((view) =>
      compareAtOnce(view, docs.slice(at, at + AT_ONCE), {
        nowMs: now.getTime(),
        isExact: true,
        gaps: new Map(),
        reportFailure: (doc, cause) => deps.reportFailure(pathOf(doc), cause),
      }),
    );
    for (const comparison of compared) yield await conclude(deps, comparison, isApplied, now);
  }
}

async function conclude(
  deps: CompareDeps,
  comparison: Comparison,
  isApplied: boolean,
  now: Date,
): Promise<Rebuilt> {
  const { doc, outcome, differences } = comparison;
  const steps = differences ? planRepair({ ...comparison, differences }, now) : [];
  const leaves = steps.flatMap((step) => step.leaves);
  try {
    const isRepaired = isApplied && (await repair(deps, comparison, now)).isMade;
    return { doc, outcome, leaves, isRepaired };
  } catch (cause) {
    deps.reportFailure(pathOf(doc), cause);
    return { doc, outcome, leaves, isRepaired: false };
  }
}

async function documentsOf(
  store: CompareStore,
  target: RebuildTarget,
  shards: number,
  now: Date,
): Promise<ComparedKey[]> {
  switch (target.kind) {
    case "user":
      return [{ collection: "usage_monthly", id: monthDocId(target.userId, target.month) }];
    case "session":
      return [{ collection: "usage_sessions", id: sessionDocId(target.userId, target.sessionId) }];
    case "day":
      return Array.from({ length: shards }, (_, shard) => ({
        collection: "usage_daily" as const,
        id: dayDocId(shard, target.day),
      }));
    case "window":
      return [{ collection: "budget_windows", id: target.windowId }];
    case "month":
      return documentsOfMonth(store, target.month, now);
    case "moved":
      return movedSince(store, target.since);
    default:
      return target satisfies never;
  }
}

/** Those that are there, and those that should be. */
async function documentsOfMonth(
  store: CompareStore,
  month: string,
  now: Date,
): Promise<ComparedKey[]> {
  const keys = new Map<string, ComparedKey>();
  const note = (collection: ComparedCollection, id: string) =>
    keys.set(`${collection}/${id}`, { collection, id });
  for await (const ids of store.monthsOf(month)) {
    for (const id of ids) note("usage_monthly", id);
  }
  const slice = {
    lead: "project",
    values: [],
    fromDay: `${month}-01`,
    beforeDay: dayOf(Math.min(monthEndMs(month), now.getTime() + DAY_MS)),
  } as const;
  for await (const page of store.entries(slice)) {
    for (const entry of page) {
      for (const { doc } of contributionsOf(entry)) {
        if (isCompared(doc)) note(doc.collection, doc.id);
      }
      for (const { windowId } of entry.windows) note("budget_windows", windowId);
    }
  }
  return [...keys.values()];
}

async function movedSince(store: CompareStore, since: Date): Promise<ComparedKey[]> {
  const keys: ComparedKey[] = [];
  for (const collection of COMPARED) {
    const page = (cursor: { at: Date; id: string } | undefined) =>
      store.movedSince(collection, since, PAGE_SIZE, cursor);
    let found = await page(undefined);
    while (found.length > 0) {
      keys.push(...found.map(({ id }) => ({ collection, id })));
      found = found.length < PAGE_SIZE ? [] : await page(found.at(-1));
    }
  }
  return keys;
}

function isCompared(doc: DocumentKey): doc is ComparedKey {
  return (COMPARED as readonly string[]).includes(doc.collection);
}
