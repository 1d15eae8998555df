import { sessionScopeId } from "../budgets/budget.ts";
import { invalidField } from "../core/errors.ts";
import { DAY_MS } from "../core/period.ts";
import { modelKey } from "../ledger/contributions.ts";
import { readTotals, type Totals } from "../ledger/totals.ts";
import { edgesOf, positionOf } from "./edges.ts";
import { leadOf, matcher } from "./filters.ts";
import { nameOf } from "./names.ts";
import type { AnalyticsStore, CountedEntry, EntryPosition } from "./port.ts";
import type { GroupBy, Question } from "./question.ts";
import type { ReportScope } from "./scope.ts";
import { addTo, sumOf, type Tally } from "./tally.ts";

/** A report from single entries costs a read for each. */
const MAX_LEDGER_DAYS = 31;
const MAX_LEDGER_ENTRIES = 20_000;
const PAGE_SIZE = 1_000;

/**
 * Counts the entries themselves, page by page: exact for every grouping and filter.
 * @throws TollgateError INVALID_FIELD beyond 31 days or 20 000 entries
 */
export async function tallyLedger(
  store: AnalyticsStore,
  question: Question,
): Promise<{ tally: Tally; documentsRead: number }> {
  const { range, filters, scope } = question;
  if (range.toMs - range.fromMs > MAX_LEDGER_DAYS * DAY_MS) throw tooManyDays();
  const query = { lead: leadOf(scope, filters), edges: edgesOf(range), limit: PAGE_SIZE };
  const matches = matcher(filters);
  const matching: CountedEntry[] = [];
  let documentsRead = 0;
  let scanned = 0;
  let after: EntryPosition | undefined;
  do {
    const page = await store.countedEntries({ ...query, after });
    documentsRead += page.documentsRead;
    scanned += page.items.length;
    if (scanned > MAX_LEDGER_ENTRIES) throw tooManyEntries();
    matching.push(...page.items.filter(matches));
    const last = page.items.at(-1);
    after = last && page.items.length === PAGE_SIZE ? positionOf(last) : undefined;
  } while (after);
  return { tally: tallyEntries(matching, question), documentsRead };
}

/** Sums what entries added to aggregates, whatever their aggregates are. @throws RangeError beyond 2^53 */
function tallyEntries(
  entries: readonly CountedEntry[],
  { scope, groupBy }: Pick<Question, "scope" | "groupBy">,
): Tally {
  const byDay = new Map<string, Totals>();
  const groups = new Map<string, Totals>();
  for (const entry of entries) {
    const totals = readTotals(entry.add);
    addTo(byDay, entry.day, totals);
    if (groupBy && groupBy !== "day") addTo(groups, groupOf(entry, groupBy, scope), totals);
  }
  return { totals: sumOf(byDay.values()), byDay, groups };
}

function groupOf(
  entry: CountedEntry,
  groupBy: Exclude<GroupBy, "day">,
  scope: ReportScope,
): string {
  switch (groupBy) {
    case "model":
      return modelKey(entry);
    case "agent":
    case "operation":
    case "department":
      return nameOf(entry[groupBy]);
    case "session": {
      const { userId, sessionId } = entry;
      const isNamed = sessionId !== null && scope.kind === "everyone";
      return isNamed ? sessionScopeId(userId, sessionId) : nameOf(sessionId);
    }
    default:
      return groupBy satisfies never;
  }
}

function tooManyDays(): Error {
  return invalidField(
    "from",
    `must be at most ${MAX_LEDGER_DAYS} days before to for this groupBy and these filters, which are answered from ` +
      "single entries; whole days (UTC) without filters are answered for more",
  );
}

function tooManyEntries(): Error {
  return invalidField(
    "from",
    `this report would count more than ${MAX_LEDGER_ENTRIES} single entries; narrow the range, or ask for whole ` +
      "days (UTC) without filters",
  );
}
