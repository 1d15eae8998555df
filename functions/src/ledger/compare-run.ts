import type { Clock } from "../core/clock.ts";
import { type Comparison, compareAtOnce } from "./compare.ts";
import {
  COMPARED,
  type ComparedCollection,
  type CompareState,
  type CompareStore,
  type KnownGap,
  type ListPosition,
} from "./compare-port.ts";
import { pathOf } from "./expected.ts";
import type { DocumentKey } from "./plan.ts";
import type { Cursor } from "./port.ts";
import { type RepairDeps, repair } from "./repair-once.ts";

/** Documents that are compared at one instant: each reads the outbox once. */
const AT_ONCE = 50;
/** A run ends after this long, and the next one goes on. */
const MAX_RUN_MS = 90_000;
/** Moves carry the clock of the instance that made them, and commits land late. */
const OVERLAP_MS = 2 * 60_000;
/** A first run looks at what moved in the last day. */
const FIRST_LOOK_BACK_MS = 24 * 60 * 60_000;
const MAX_AGAIN = 100;
const MAX_GAPS = 500;

export type ComparedKey = DocumentKey & { readonly collection: ComparedCollection };

export interface CompareDeps extends RepairDeps {
  readonly store: CompareStore;
  readonly clock: Pick<Clock, "nowMs">;
  /** `aggregate` is "*" when it is about all of them. */
  reportFailure(aggregate: string, cause: unknown): void;
}

export interface CompareReport {
  readonly compared: number;
  readonly sealed: number;
  readonly repaired: number;
  readonly failures: number;
  /** Something was left to the next run. */
  readonly isCut: boolean;
}

/**
 * Compares what moved since the last run, at most `perRun` documents, and repairs what differs; the next run goes on
 * where this one ended. A document that fails stops no other, and is tried again.
 */
export async function compareMoved(
  deps: CompareDeps,
  perRun: number,
  now: Date,
): Promise<CompareReport> {
  const state = await deps.store.loadState();
  const run = new CompareRun(deps, state, now);
  await run.compare(state.again as readonly ComparedKey[]);
  const share = Math.ceil(perRun / COMPARED.length);
  for (const collection of COMPARED) await run.compareList(collection, share);
  await deps.store.saveState(run.nextState());
  return run.report();
}

class CompareRun {
  private readonly deps: CompareDeps;
  private readonly now: Date;
  private readonly startedMs: number;
  private readonly from: Partial<Record<ComparedCollection, ListPosition>>;
  private readonly gaps: Map<string, number>;
  private readonly again: DocumentKey[] = [];
  private readonly count = { compared: 0, sealed: 0, repaired: 0, failures: 0 };
  private isCut = false;

  constructor(deps: CompareDeps, state: CompareState, now: Date) {
    this.deps = deps;
    this.now = now;
    this.startedMs = deps.clock.nowMs();
    this.from = { ...state.from };
    this.gaps = new Map(state.gaps.map(({ windowId, amount }) => [windowId, amount]));
  }

  async compareList(collection: ComparedCollection, limit: number): Promise<void> {
    const { since, cursor } = this.positionOf(collection);
    try {
      const { store } = this.deps;
      const moved = await store.movedSince(collection, since, limit, cursor ?? undefined);
      const done = await this.compare(moved.map(({ id }) => ({ collection, id })));
      const isWhole = done === moved.length && moved.length < limit;
      this.isCut ||= !isWhole;
      this.from[collection] = isWhole
        ? { since: new Date(this.now.getTime() - OVERLAP_MS), cursor: null }
        : { since, cursor: moved[done - 1] ?? cursor };
    } catch (cause) {
      this.fail("*", cause);
    }
  }

  /** Gives back how many it came to; those that failed count, and are tried again by the next run. */
  async compare(docs: readonly ComparedKey[]): Promise<number> {
    for (let at = 0; at < docs.length; at += AT_ONCE) {
      if (this.deps.clock.nowMs() - this.startedMs >= MAX_RUN_MS) return at;
      const chunk = docs.slice(at, at + AT_ONCE);
      try {
        await this.compareChunk(chunk);
      } catch (cause) {
        this.fail("*", cause);
        return at;
      }
    }
    return docs.length;
  }

  nextState(): CompareState {
    const gaps = [...this.gaps].map(([windowId, amount]): KnownGap => ({ windowId, amount }));
    return {
      from: this.from,
      again: this.again.slice(0, MAX_AGAIN),
      gaps: gaps.slice(-MAX_GAPS),
    };
  }

  report(): CompareReport {
    return { ...this.count, isCut: this.isCut };
  }

  private async compareChunk(docs: readonly ComparedKey[]): Promise<void> {
    const compared = await this.deps.store.atOneInstant((view) =>
      compareAtOnce(view, docs, {
        nowMs: this.now.getTime(),
        isExact: false,
        gaps: this.gaps,
        reportFailure: (doc, cause) => this.failFor(doc, cause),
      }),
    );
    for (const comparison of compared) await this.conclude(comparison);
  }

  private async conclude(comparison: Comparison): Promise<void> {
    const { doc, outcome, gap } = comparison;
    if (outcome === "sealed") this.count.sealed += 1;
    if (outcome === "right" || outcome === "wrong") this.count.compared += 1;
    this.noteGap(doc.id, gap);
    try {
      const { isMade, isWhole } = await repair(this.deps, comparison, this.now);
      if (isMade) this.count.repaired += 1;
      if (!isWhole) this.again.push(doc);
    } catch (cause) {
      this.failFor(doc, cause);
    }
  }

  private noteGap(windowId: string, gap: number | undefined): void {
    if (gap === undefined) return;
    this.gaps.delete(windowId);
    if (gap !== 0) this.gaps.set(windowId, gap);
  }

  private failFor(doc: DocumentKey, cause: unknown): void {
    this.again.push(doc);
    this.fail(pathOf(doc), cause);
  }

  private fail(aggregate: string, cause: unknown): void {
    this.count.failures += 1;
    this.deps.reportFailure(aggregate, cause);
  }

  /** A run whose clock was ahead must not hide from the next ones what moved since. */
  private positionOf(collection: ComparedCollection): { since: Date; cursor: Cursor | null } {
    const nowMs = this.now.getTime();
    const before = this.from[collection];
    if (!before) return { since: new Date(nowMs - FIRST_LOOK_BACK_MS), cursor: null };
    const since = new Date(Math.min(before.since.getTime(), nowMs - OVERLAP_MS));
    return { since, cursor: before.cursor };
  }
}
