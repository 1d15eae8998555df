import type { UnpricedUse } from "../budgets/unpriced-alert.ts";
import { addExact } from "../core/money.ts";
import type { Counters } from "./plan.ts";
import type { LedgerStore, UnpricedEntry } from "./port.ts";

/** Entries read for one answer: some 2 s of reading. */
const MAX_ENTRIES = 20_000;

/** A model that was called without a price, and has not been re-priced. */
export interface UnpricedModel {
  readonly provider: string;
  /** "openai/gpt-9" */
  readonly model: string;
  readonly calls: number;
  readonly tokens: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** What was booked without a price since an instant, by model, most calls first; what was re-priced is taken off. */
export async function unpricedModels(
  store: Pick<LedgerStore, "unpricedEntries">,
  since: Date,
): Promise<{ models: UnpricedModel[]; documentsRead: number }> {
  const models = new Map<string, UnpricedModel>();
  let documentsRead = 0;
  for await (const page of store.unpricedEntries(since)) {
    for (const entry of page) models.set(entry.model, withEntry(models.get(entry.model), entry));
    documentsRead += page.length;
    if (documentsRead >= MAX_ENTRIES) break;
  }
  const open = [...models.values()].filter(({ calls }) => calls > 0);
  return { models: open.sort((a, b) => b.calls - a.calls), documentsRead };
}

/** Calls without a price by model, without what takes earlier ones back. */
export function unpricedUses(entries: readonly UnpricedEntry[]): UnpricedUse[] {
  const calls = entries.filter(({ kind, unpricedAt }) => kind === "call" && unpricedAt);
  const models = Map.groupBy(calls, ({ model }) => model);
  return [...models].flatMap(([model, [first, ...others]]) => {
    if (!first?.unpricedAt) return [];
    const sums = others.reduce(withEntry, withEntry(undefined, first));
    const { provider, unpricedAt: at } = first;
    return [{ provider, model, calls: sums.calls, tokens: sums.tokens, at }];
  });
}

function withEntry(before: UnpricedModel | undefined, entry: UnpricedEntry): UnpricedModel {
  const { provider, model, startedAt, add } = entry;
  return {
    provider,
    model,
    calls: addExact(before?.calls ?? 0, countIn(add, "unpricedCalls"), "unpricedCalls"),
    tokens: addExact(before?.tokens ?? 0, countIn(add, "unpricedTokens"), "unpricedTokens"),
    firstAt: before && before.firstAt < startedAt ? before.firstAt : startedAt,
    lastAt: before && before.lastAt > startedAt ? before.lastAt : startedAt,
  };
}

function countIn(add: Counters, name: "unpricedCalls" | "unpricedTokens"): number {
  return (add[name] as number | undefined) ?? 0;
}
