import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type {
  GetSessionUsageResponse,
  GetSummaryResponse,
  GetUsageResponse,
  TopUser,
} from "../../functions/src/contracts/reports.ts";
import { untilAggregated } from "./harness/aggregated.ts";
import { call } from "./harness/callable.ts";
import { useOneDay } from "./harness/clock.ts";
import { pagesOf } from "./harness/pages.ts";
import { inParallel } from "./harness/parallel.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import type { Stored } from "./harness/store.ts";
import { sumOfEntries, sumTrees, type Tree } from "./harness/sums.ts";
import { chat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);
useOneDay();

const DAY_MS = 86_400_000;
const MODELS = ["gpt-4o-mini", "gpt-4o", "sim-free", "sim-unpriced"];
const CALLS = 12;
const EARLIER_DAYS = [1, 3, 6];

let admin: Person;
let ann: Person;
let ben: Person;
let entries: Stored[];
let sum: Tree;

beforeAll(async () => {
  [admin, ann, ben] = await Promise.all([
    signUp("report-admin", { admin: true }),
    signUp("report-ann", { orgId: "acme", department: "sales" }),
    signUp("report-ben"),
  ]);
  await inParallel(CALLS, 3, (index) =>
    chat(ann, `Question ${index} [sim tokens=${10 + index} cached=3]`, {
      model: MODELS[index % MODELS.length],
      agent: index % 3 === 0 ? undefined : `agent/${index % 3}`,
      sessionId: `s${index % 2}`,
      phase: "test",
    }),
  );
  for (const daysAgo of EARLIER_DAYS) {
    await call("trackUsage", admin, {
      requestId: `${ann.uid} ${daysAgo}`,
      userId: ann.uid,
      provider: "openai",
      model: "gpt-4o",
      usage: {
        prompt_tokens: 100 * daysAgo,
        completion_tokens: 7,
        total_tokens: 100 * daysAgo + 7,
      },
      at: new Date(Date.now() - daysAgo * DAY_MS).toISOString(),
    });
  }
  entries = await untilAggregated([ann.uid]);
  sum = sumOfEntries(entries);
}, SLOW_MS);

/** A week covers every call, whatever the day of the month is. */
const usage = (who: Person, more: object = {}) =>
  call<GetUsageResponse>("getUsage", who, { days: 8, ...more });

/** Totals as sums of entries have them: without zeros. */
function compact(totals: object): Tree {
  return sumTrees([totals as Tree]);
}

describe("getUsage", () => {
  it("gives the sums of the entries, to the nano-dollar", async () => {
    const { totals, pendingEntries, source } = await usage(ann);
    expect(compact(totals)).toEqual(sum);
    expect(pendingEntries).toBe(0);
    expect(["aggregate", "ledger"]).toContain(source);
  });

  it("tells what is free, paid and of unknown price apart, adding up to all", async () => {
    const { free, paid, unpriced, totals } = await usage(ann);
    expect(paid).toMatchObject({
      calls: CALLS / 2 + EARLIER_DAYS.length,
      costNanoUsd: totals.costNanoUsd,
    });
    expect([free.calls, unpriced.calls]).toEqual([CALLS / 4, CALLS / 4]);
    expect(free.tokens + paid.tokens + unpriced.tokens).toBe(totals.totalTokens);
  });

  it.each(["model", "agent", "operation", "day", "session", "department"])(
    "divides them by %s, and the parts are the whole",
    async (groupBy) => {
      const { groups, totals } = await usage(ann, { groupBy });
      expect(groups.length).toBeGreaterThan(0);
      expect(sumTrees(groups.map((group) => compact(group.totals)))).toEqual(compact(totals));
    },
  );

  it("shows every day of the range, also those without calls", async () => {
    const { trend, totals } = await usage(ann);
    expect(trend).toHaveLength(8);
    expect(sumTrees(trend.map((day) => compact(day.totals)))).toEqual(compact(totals));
    const busy = trend.filter((day) => day.totals.calls > 0).map(({ day }) => day);
    expect(new Set(entries.map(({ fields }) => fields.day))).toEqual(new Set(busy));
  });

  it("can look at a part of them", async () => {
    const { totals } = await usage(ann, { filters: { model: "openai/gpt-4o" } });
    const wanted = entries.filter(({ fields }) => fields.model === "openai/gpt-4o");
    expect(compact(totals)).toEqual(sumOfEntries(wanted));
  });

  it("gives an admin what the user himself sees, and everybody's with him in it", async () => {
    const hers = await usage(ann);
    const seen = await usage(admin, { userId: ann.uid });
    expect(seen.totals).toEqual(hers.totals);
    const all = await usage(admin);
    expect(all.totals.costNanoUsd).toBeGreaterThanOrEqual(hers.totals.costNanoUsd);
  });

  it("gives nothing to who has called nothing", async () => {
    expect(compact((await usage(ben)).totals)).toEqual({});
  });
});

describe("getSessionUsage", () => {
  it("gives a session's whole life", async () => {
    const report = await call<GetSessionUsageResponse>("getSessionUsage", ann, { sessionId: "s1" });
    const own = entries.filter(({ fields }) => fields.sessionId === "s1");
    expect(compact(report.totals)).toEqual(sumOfEntries(own));
    const byModel = Object.values(report.byModel).map(compact);
    expect(sumTrees(byModel)).toEqual(sumOfEntries(own));
    const starts = own.map(({ fields }) => (fields.startedAt as Date).getTime());
    expect(Date.parse(report.firstAt)).toBe(Math.min(...starts));
    expect(Date.parse(report.lastAt)).toBe(Math.max(...starts));
  });
});

describe("getSummary", () => {
  it("gives this month so far, and today's part of it", async () => {
    const summary = await call<GetSummaryResponse>("getSummary", ann, {});
    const ofMonth = entries.filter(({ fields }) => fields.month === summary.month);
    expect(compact(summary.totals)).toEqual(sumOfEntries(ofMonth));
    expect(summary.today.calls).toBeGreaterThanOrEqual(CALLS);
    const top = summary.topModels.map(({ totals }) => totals.costNanoUsd);
    expect(top).toEqual([...top].sort((a, b) => b - a));
  });
});

describe("getTopUsers", () => {
  it("has everybody who spent something, the dearest first, a page at a time", async () => {
    const users = await pagesOf<TopUser>("getTopUsers", admin, { limit: 10 });
    const costs = users.map(({ totals }) => totals.costNanoUsd);
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
    expect(new Set(users.map(({ userId }) => userId)).size).toBe(users.length);
    expect(costs.at(-1)).toBeGreaterThan(0);
    const own = users.find(({ userId }) => userId === ann.uid);
    expect(own).toMatchObject({ orgId: "acme", department: "sales" });
    const thisMonth = new Date().toISOString().slice(0, 7);
    const ofMonth = entries.filter(({ fields }) => fields.month === thisMonth);
    expect(compact(own?.totals ?? {})).toEqual(sumOfEntries(ofMonth));
  });
});
