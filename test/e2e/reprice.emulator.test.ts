import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { ListAlertsResponse } from "../../functions/src/contracts/alerts.ts";
import type { ListModelPricesResponse } from "../../functions/src/contracts/model-prices.ts";
import type { GetUsageResponse } from "../../functions/src/contracts/reports.ts";
import type { RepriceEntriesResponse } from "../../functions/src/contracts/reprice-entries.ts";
import type { TrackUsageResponse } from "../../functions/src/contracts/track-usage.ts";
import { untilAggregated } from "./harness/aggregated.ts";
import { call, refusalOf } from "./harness/callable.ts";
import { useOneDay } from "./harness/clock.ts";
import { eventually } from "./harness/eventually.ts";
import { inParallel } from "./harness/parallel.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { find } from "./harness/store.ts";

jest.setTimeout(SLOW_MS);
useOneDay();

/** Of this file alone. */
const MODEL = "reprice-newcomer";
const CALLS = 12;
/** 1 000 x 10 000 + 500 x 30 000 nanoUSD, at 10 and 30 dollars per million tokens. */
const ONE_CALL = 25_000_000;
const DAY_MS = 86_400_000;

describe("repriceEntries", () => {
  let admin: Person;
  let ann: Person;
  const range = {
    from: new Date(Date.now() - 60 * DAY_MS).toISOString(),
    to: new Date(Date.now() + DAY_MS).toISOString(),
  };
  const reprice = (more: object = {}) =>
    call<RepriceEntriesResponse>("repriceEntries", admin, {
      provider: "openai",
      model: MODEL,
      ...range,
      ...more,
    });
  const setPrice = (effectiveFrom: string, input: string, output: string) =>
    call("setModelPrice", admin, {
      provider: "openai",
      model: MODEL,
      effectiveFrom,
      rates: { input, output },
    });
  const usage = async () => {
    await untilAggregated([ann.uid]);
    return call<GetUsageResponse>("getUsage", ann, { days: 2, groupBy: "model" });
  };
  const spent = async () => {
    const windows = await find("budget_windows", { userId: ann.uid });
    return windows.map(({ fields }) => fields.spent);
  };

  beforeAll(async () => {
    [admin, ann] = await Promise.all([signUp("rp-admin", { admin: true }), signUp("rp-ann")]);
    for (const enforcement of ["alert", "block"]) {
      await call("setBudget", admin, {
        scope: "user",
        scopeId: ann.uid,
        unit: "usd",
        window: enforcement === "alert" ? "month" : "lifetime",
        limitUsd: "1000",
        enforcement,
      });
    }
    await inParallel(CALLS, 4, (index) =>
      call<TrackUsageResponse>("trackUsage", admin, {
        requestId: `call ${index}`,
        userId: ann.uid,
        provider: "openai",
        model: MODEL,
        usage: { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 },
      }),
    );
  });

  it("finds nothing to do for what has no price, and says how much is left", async () => {
    const report = await reprice();
    expect(report).toMatchObject({ dryRun: true, left: CALLS, totals: { entries: 0 } });
    expect((await usage()).unpriced.calls).toBe(CALLS);
  });

  it("alerts on the model, once for all its calls of the day", async () => {
    const mine = async () => {
      const { items } = await call<ListAlertsResponse>("listAlerts", admin, { limit: 200 });
      return items.filter(
        (alert) => alert.type === "unpriced_model" && alert.model === `openai/${MODEL}`,
      );
    };
    const alerts = await eventually(mine, (found) => found.some((alert) => alert.publishedAt));
    expect(alerts).toMatchObject([
      {
        alertId: `unpriced_model:openai%2F${MODEL}_${new Date().toISOString().slice(0, 10)}`,
        severity: "warning",
        provider: "openai",
        userId: null,
        acknowledgedAt: null,
        message: expect.stringContaining(`No price for openai/${MODEL}: `),
      },
    ]);
  });

  it("says first what would change, and then corrects it once, however often it runs", async () => {
    await setPrice("2026-01-01", "10", "30");
    const dry = await reprice();
    const totals = {
      entries: CALLS,
      changed: CALLS,
      beforeNanoUsd: 0,
      afterNanoUsd: CALLS * ONE_CALL,
      differenceNanoUsd: CALLS * ONE_CALL,
    };
    expect(dry).toMatchObject({ dryRun: true, left: 0, totals, nextCursor: null });
    expect(dry.items.map(({ entries }) => entries)).toEqual([CALLS]);
    const run = () => reprice({ dryRun: false, reason: "the price is known now" });
    await Promise.all([run(), run(), run()]);
    expect((await run()).totals).toMatchObject({ changed: 0, beforeNanoUsd: CALLS * ONE_CALL });
    const { totals: all, unpriced, groups } = await usage();
    expect(all).toMatchObject({ calls: CALLS, requests: CALLS, costNanoUsd: CALLS * ONE_CALL });
    expect(unpriced).toMatchObject({ calls: 0, tokens: 0 });
    expect(groups).toMatchObject([{ key: `openai/${MODEL}`, totals: { calls: CALLS } }]);
    expect(await spent()).toEqual([CALLS * ONE_CALL, CALLS * ONE_CALL]);
    const { unpriced: models } = await call<ListModelPricesResponse>("listModelPrices", admin, {
      provider: "openai",
      model: MODEL,
    });
    expect(models.filter(({ model }) => model === `openai/${MODEL}`)).toEqual([]);
  });

  it("follows a price that goes down, page by page", async () => {
    await setPrice("2026-01-01", "1", "3");
    let cursor: string | null = null;
    let changed = 0;
    do {
      const more: object = cursor === null ? {} : { cursor };
      const page: RepriceEntriesResponse = await reprice({ dryRun: false, limit: 5, ...more });
      changed += page.totals.changed;
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(changed).toBe(CALLS);
    expect((await usage()).totals.costNanoUsd).toBe((CALLS * ONE_CALL) / 10);
    expect(await spent()).toEqual([(CALLS * ONE_CALL) / 10, (CALLS * ONE_CALL) / 10]);
  });

  it("is the administrators' affair, and asks for a range", async () => {
    const request = { provider: "openai", model: MODEL, ...range };
    expect((await refusalOf("repriceEntries", ann, request)).details?.reason).toBe("NOT_ADMIN");
    const { details } = await refusalOf("repriceEntries", admin, { ...request, to: range.from });
    expect(details).toMatchObject({ reason: "INVALID_FIELD", field: "from" });
  });
});
