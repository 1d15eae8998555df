import { amountIn, contributionsOf } from "../contributions.ts";
import type { Entry } from "../entry.ts";
import type { Hold } from "../hold.ts";
import type { Outbox } from "../outbox.ts";
import type { Counters, DocumentKey, Fields } from "../plan.ts";
import { isSettled } from "../window-move.ts";

const AGGREGATES: readonly DocumentKey["collection"][] = [
  "usage_monthly",
  "usage_sessions",
  "usage_daily",
  "usage_totals",
];

/**
 * Aggregates + outbox - entries, counter by counter, as it stands in the documents at this instant. It has to be
 * nothing after each commit. What a window was opened with is no sum of entries that name it, and is left out. The
 * windows of `block` budgets: spent = entries, and held = what the stored holds have reserved.
 */
export class Balance {
  /** "usage_monthly/alice_2026-11#totals.costNanoUsd" -> what is too much; zeros are left out. */
  private readonly off = new Map<string, number>();

  changed(doc: DocumentKey, before: Fields | undefined, after: Fields | undefined): void {
    const { collection, id } = doc;
    if (AGGREGATES.includes(collection)) {
      this.move(`${collection}/${id}#`, before && countersOf(before), after && countersOf(after));
    } else if (collection === "budget_windows") {
      this.move(`${collection}/${id}#`, before && windowOf(before), after && windowOf(after));
    } else {
      if (before) this.count(doc, before, -1);
      if (after) this.count(doc, after, 1);
    }
  }

  /** The first counters that are off, for a message that helps. */
  problems(): string[] {
    return [...this.off].slice(0, 5).map(([path, amount]) => `${path} is off by ${amount}`);
  }

  private count({ collection }: DocumentKey, fields: Fields, sign: 1 | -1): void {
    if (collection === "usage_holds") {
      for (const { windowId, reserved } of (fields as unknown as Hold).windows) {
        this.addLeaf(`budget_windows/${windowId}#held`, -sign * reserved);
      }
    } else if (collection === "usage_tracking") {
      const entry = fields as unknown as Entry;
      for (const { windowId, unit } of entry.windows.filter(isSettled)) {
        this.addLeaf(`budget_windows/${windowId}#spent`, -sign * amountIn(unit, entry.add));
      }
      for (const { doc, add } of contributionsOf(fields as unknown as Entry)) {
        this.add(`${doc.collection}/${doc.id}#`, add, -sign);
      }
    } else if (collection === "usage_outbox") {
      for (const target of (fields as unknown as Outbox).targets) {
        this.add(`${target.collection}/${target.id}#`, target.add, sign);
      }
    }
  }

  /** Only what differs: merged documents share the branches that did not change. */
  private move(path: string, before: Counters | undefined, after: Counters | undefined): void {
    for (const key of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
      const [from, to] = [before?.[key], after?.[key]];
      if (from === to) continue;
      if (typeof from === "number" || typeof to === "number") {
        this.addLeaf(`${path}${key}`, Number(to ?? 0) - Number(from ?? 0));
      } else {
        this.move(`${path}${key}.`, from, to);
      }
    }
  }

  private add(path: string, tree: Counters, sign: number): void {
    for (const [key, value] of Object.entries(tree)) {
      if (typeof value === "number") this.addLeaf(`${path}${key}`, sign * value);
      else this.add(`${path}${key}.`, value, sign);
    }
  }

  private addLeaf(path: string, amount: number): void {
    const sum = (this.off.get(path) ?? 0) + amount;
    if (sum === 0) this.off.delete(path);
    else this.off.set(path, sum);
  }
}

function windowOf(fields: Fields): Counters {
  const { spent = 0, held = 0, openingSpent = 0 } = fields as Record<string, number>;
  return { spent: spent - openingSpent, held };
}

/** All numbers but those that are no sums. */
function countersOf(fields: Fields): Counters {
  const { shard, firstAtMs, lastAtMs, ...rest } = fields;
  return Object.fromEntries(
    Object.entries(rest).filter(
      ([, value]) =>
        typeof value === "number" ||
        (typeof value === "object" && value !== null && !(value instanceof Date)),
    ),
  ) as unknown as Counters;
}
