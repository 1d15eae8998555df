import { invalidField } from "../core/errors.ts";
import { OTHER_KEY } from "../ledger/caps.ts";
import { keyOf, modelKey, NO_KEY } from "../ledger/contributions.ts";
import type { EntryStatus } from "../ledger/entry.ts";
import { keyOfName } from "./names.ts";
import { type CountedEntry, ENTRY_LEADS, type EntryLead, type LeadName } from "./port.ts";
import type { ReportScope } from "./scope.ts";

/** Only entries that have all of these, by the names that reports show: "~none" is for what was not said. */
export interface Filters {
  readonly model?: string | undefined;
  readonly agent?: string | undefined;
  readonly operation?: string | undefined;
  readonly phase?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly department?: string | undefined;
  readonly orgId?: string | undefined;
  readonly apiKeyId?: string | undefined;
  readonly status?: EntryStatus | undefined;
}
export type FilterName = keyof Filters;

const KEYED = [
  "agent",
  "operation",
  "phase",
  "sessionId",
  "department",
  "orgId",
  "apiKeyId",
] as const satisfies readonly FilterName[];

/** Leads of everybody's entries that a filter can give, the most selective first. */
const FILTER_LEADS = [
  ["key", "apiKeyId"],
  ["agent", "agent"],
  ["department", "department"],
  ["org", "orgId"],
] as const satisfies readonly (readonly [LeadName, FilterName])[];

export function filtersGiven(filters: Filters): FilterName[] {
  const names: readonly FilterName[] = ["model", "status", ...KEYED];
  return names.filter((name) => filters[name] !== undefined);
}

/**
 * The narrowest index that holds all wanted entries; what it does not filter, `matcher` does.
 * @throws TollgateError INVALID_FIELD for "~other", which only an aggregate knows
 */
export function leadOf(scope: ReportScope, filters: Filters): EntryLead {
  const other = filtersGiven(filters).find((name) => filters[name] === OTHER_KEY);
  if (other) {
    throw invalidField(`filters.${other}`, `${OTHER_KEY} is a sum; entries do not know it`);
  }
  const session = storedValue(filters.sessionId);
  if (scope.kind === "user") {
    return session === undefined
      ? { name: "user", values: [scope.userId] }
      : { name: "session", values: [scope.userId, session] };
  }
  for (const [name, field] of FILTER_LEADS) {
    const value = storedValue(filters[field]);
    if (value !== undefined) return { name, values: [value] };
  }
  return { name: "everyone", values: ENTRY_LEADS.everyone };
}

/** Whether an entry has all that is asked for. A model is found by its name, also while it has no price. */
export function matcher(filters: Filters): (entry: CountedEntry) => boolean {
  const { model, status } = filters;
  const keyed = KEYED.flatMap((name) => {
    const wanted = filters[name];
    return wanted === undefined ? [] : [{ name, key: keyOfName(wanted) }];
  });
  return (entry) =>
    (model === undefined || entry.model === model || modelKey(entry) === model) &&
    (status === undefined || entry.status === status) &&
    keyed.every(({ name, key }) => keyOf(entry[name]) === key);
}

/** What the field of an entry holds; undefined when only its hash is known. */
function storedValue(name: string | undefined): string | null | undefined {
  if (name === NO_KEY) return null;
  return name?.startsWith("%hash-") ? undefined : name;
}
