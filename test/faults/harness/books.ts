import { expect } from "@jest/globals";
import { find, type Stored } from "../../e2e/harness/store.ts";
import {
  sumOfEntries,
  sumOfField,
  sumOverKeys,
  sumTrees,
  type Tree,
} from "../../e2e/harness/sums.ts";

/** All that a project's ledger holds. */
export interface Books {
  readonly holds: readonly Stored[];
  readonly entries: readonly Stored[];
  readonly outbox: readonly Stored[];
  readonly months: readonly Stored[];
  readonly sessions: readonly Stored[];
  readonly days: readonly Stored[];
  readonly totals: readonly Stored[];
  readonly windows: readonly Stored[];
}

/** Read past every faulty link; of the stack's Firestore unless another is named. */
export async function booksOf(project: string, address?: string): Promise<Books> {
  const all = (name: string) => find(name, {}, { project, address });
  const [holds, entries, outbox, months, sessions, days, totals, windows] = await Promise.all([
    all("usage_holds"),
    all("usage_tracking"),
    all("usage_outbox"),
    all("usage_monthly"),
    all("usage_sessions"),
    all("usage_daily"),
    all("usage_totals"),
    all("budget_windows"),
  ]);
  return { holds, entries, outbox, months, sessions, days, totals, windows };
}

/** Nothing is open, and every sum that is kept is the sum of the entries, added up here. */
export function expectClosed(books: Books): void {
  expect({ holds: books.holds, outbox: books.outbox }).toEqual({ holds: [], outbox: [] });
  const sum = sumOfEntries(books.entries);
  const inSessions = sumOfEntries(books.entries.filter(({ fields }) => fields.sessionId !== null));
  expect({
    months: sumOfField(books.months, "totals"),
    sessions: sumOfField(books.sessions, "totals"),
    days: sumOfField(books.days, "totals"),
    totals: netOf(books.totals),
  }).toEqual({ months: sum, sessions: inSessions, days: sum, totals: sum });
  expect(sumOverKeys(sumOfField(books.months, "byModel"))).toEqual(sum);
  expect(sumOverKeys(sumOfField(books.days, "byModel"))).toEqual(sum);
  expect(stateOf(books.windows)).toEqual(movedBy(books.entries));
}

/** Counters since the beginning never fall: what corrections take back counts up beside them. */
function netOf(totals: readonly Stored[]): Tree {
  const { totals: credits = {} } = sumOfField(totals, "credits") as { totals?: Tree };
  return sumTrees([sumOfField(totals, "totals"), negated(credits)]);
}

function negated(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === "number" ? -value : negated(value),
    ]),
  );
}

type Windows = Record<string, { readonly spent: number; readonly held: number }>;

interface Move {
  readonly windowId: string;
  readonly unit: "usd" | "tokens" | "requests";
}

/** What entries say that they have moved, window by window. */
function movedBy(entries: readonly Stored[]): Windows {
  const moved: Windows = {};
  for (const { fields } of entries) {
    for (const { windowId, unit } of fields.windows as readonly Move[]) {
      const spent = (moved[windowId]?.spent ?? 0) + amountOf(fields, unit);
      moved[windowId] = { spent, held: 0 };
    }
  }
  return moved;
}

function amountOf(fields: Stored["fields"], unit: Move["unit"]): number {
  if (unit === "usd") return Number(fields.costNanoUsd);
  if (unit === "tokens") return Number(fields.totalTokens);
  return Number((fields.add as { requests?: number }).requests ?? 0);
}

function stateOf(windows: readonly Stored[]): Windows {
  return Object.fromEntries(
    windows.map(({ id, fields }) => [
      id,
      { spent: Number(fields.spent ?? 0), held: Number(fields.held ?? 0) },
    ]),
  );
}
