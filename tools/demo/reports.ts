import { setTimeout as delay } from "node:timers/promises";
import type { BudgetAlertItem, ListAlertsResponse } from "../../functions/src/contracts/alerts.ts";
import type { EntryItem, ListEntriesResponse } from "../../functions/src/contracts/entries.ts";
import type {
  GetSummaryResponse,
  GetTopUsersResponse,
  GetUsageResponse,
} from "../../functions/src/contracts/reports.ts";
import type { SimRecord } from "../sim-model/records.ts";
import type { Addresses } from "./addresses.ts";
import type { FrontEnd } from "./front-end.ts";

const PAGE_LIMIT = 200;
const MAX_PAGES = 50;
const OUTBOX_TIMEOUT_MS = 30_000;
const POLL_MS = 500;

/** What one person used, by model. */
export interface PersonUsage {
  readonly person: FrontEnd["person"];
  readonly usage: GetUsageResponse;
}

/** Waits until all entries are in the aggregates, or for as long as that may reasonably take. */
export async function untilAggregated(admin: FrontEnd, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + OUTBOX_TIMEOUT_MS;
  while (!signal.aborted && performance.now() < deadlineMs) {
    const { pendingEntries } = await admin.call<GetSummaryResponse>("getSummary", {});
    if (pendingEntries === 0) return;
    await delay(POLL_MS);
  }
}

/** One after the other: every call at the same time would start a worker of its own. */
export async function usageOfEach(
  admin: FrontEnd,
  frontEnds: readonly FrontEnd[],
  from: string,
): Promise<PersonUsage[]> {
  const found: PersonUsage[] = [];
  for (const { uid, person } of frontEnds) {
    const request = { userId: uid, from, groupBy: "model" };
    found.push({ person, usage: await admin.call<GetUsageResponse>("getUsage", request) });
  }
  return found;
}

export function usageOfAll(admin: FrontEnd, from: string): Promise<GetUsageResponse> {
  return admin.call("getUsage", { from, groupBy: "model" });
}

export function topUsers(admin: FrontEnd): Promise<GetTopUsersResponse> {
  return admin.call("getTopUsers", {});
}

export async function allEntries(admin: FrontEnd, from: string): Promise<EntryItem[]> {
  return allPages((cursor) =>
    admin.call<ListEntriesResponse>("listEntries", { from, limit: PAGE_LIMIT, ...cursor }),
  );
}

export async function budgetAlerts(admin: FrontEnd): Promise<BudgetAlertItem[]> {
  const alerts = await allPages((cursor) =>
    admin.call<ListAlertsResponse>("listAlerts", { limit: PAGE_LIMIT, ...cursor }),
  );
  return alerts.filter((alert) => alert.type !== "unpriced_model");
}

export async function modelRecords({ modelUrl }: Addresses): Promise<SimRecord[]> {
  const response = await fetch(`${modelUrl}/sim/records`);
  return ((await response.json()) as { records: SimRecord[] }).records;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

async function allPages<Item>(
  read: (cursor: { cursor?: string }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let page = await read({});
  for (let pages = 1; ; pages += 1) {
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    if (pages === MAX_PAGES) throw new Error(`A list has more than ${MAX_PAGES} pages.`);
    page = await read({ cursor: page.nextCursor });
  }
}
