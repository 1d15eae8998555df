import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { TrackUsageResponse } from "../../functions/src/contracts/track-usage.ts";
import { untilAggregated } from "./harness/aggregated.ts";
import { call, refusalOf } from "./harness/callable.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { get } from "./harness/store.ts";
import { entriesOf } from "./harness/sums.ts";

jest.setTimeout(SLOW_MS);

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** 26 x 150 + 20 x 75 + 86 x 600 = 57 000 nanoUSD, at gpt-4o-mini's prices. */
const USAGE = {
  prompt_tokens: 46,
  completion_tokens: 86,
  total_tokens: 132,
  prompt_tokens_details: { cached_tokens: 20 },
};

describe("trackUsage", () => {
  let worker: Person;
  let admin: Person;
  let ann: Person;
  beforeAll(async () => {
    [worker, admin, ann] = await Promise.all([
      signUp("track-worker", { service: true, orgId: "workers", department: "batch" }),
      signUp("track-admin", { admin: true }),
      signUp("track-ann"),
    ]);
  });
  const request = (requestId: string, more: object = {}) => ({
    requestId,
    userId: ann.uid,
    provider: "openai",
    model: "gpt-4o-mini",
    usage: USAGE,
    ...more,
  });
  const track = (who: Person, requestId: string, more: object = {}) =>
    call<TrackUsageResponse>("trackUsage", who, request(requestId, more));
  const refused = (requestId: string, more: object) =>
    refusalOf("trackUsage", worker, request(requestId, more));
  const stored = async ({ entryId }: TrackUsageResponse) =>
    (await get("usage_tracking", entryId)).fields;

  it("books a call of a service's user at the exact price", async () => {
    const more = { latencyMs: 1_200, sessionId: "batch", agent: "indexer", endpoint: "worker" };
    const tracked = await track(worker, "one", more);
    expect(tracked).toMatchObject({
      requestId: "one",
      duplicate: false,
      cost: { nanoUsd: 57_000, inputNanoUsd: 5_400, usd: "0.000057", priceStatus: "priced" },
    });
    expect(await stored(tracked)).toMatchObject({
      userId: ann.uid,
      ...more,
      classes: { input: 26, cacheRead: 20, output: 86 },
      rawUsage: USAGE,
      usageStatus: "exact",
      status: "ok",
      modelAnswered: null,
    });
  });

  it("does not give the service's own org and department to its user", async () => {
    const tracked = await track(worker, "whose");
    expect(await stored(tracked)).toMatchObject({ orgId: null, department: null });
  });

  it("is open to admins, and closed to everybody else", async () => {
    expect((await track(admin, "by an admin")).duplicate).toBe(false);
    const { status, details } = await refusalOf("trackUsage", ann, request("by ann"));
    expect([status, details?.reason]).toEqual(["PERMISSION_DENIED", "NOT_SERVICE"]);
  });

  it("takes the usage of the responses API as well", async () => {
    const usage = {
      input_tokens: 40,
      input_tokens_details: { cached_tokens: 10 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 20 },
      total_tokens: 70,
    };
    const tracked = await track(worker, "responses", { usage });
    const classes = { input: 30, cacheRead: 10, output: 10, reasoning: 20 };
    expect(await stored(tracked)).toMatchObject({ classes, costNanoUsd: 4_500 + 750 + 18_000 });
  });

  it("gives the first result again to a repeat", async () => {
    const first = await track(worker, "twice");
    const again = await track(worker, "twice");
    expect(again).toEqual({ ...first, duplicate: true });
  });

  it("books once what comes five times at once", async () => {
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => track(worker, "five")));
    expect(all.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(all.map(({ entryId }) => entryId)).size).toBe(1);
  });

  it("refuses an id that was used with another payload", async () => {
    await track(worker, "changed");
    const { status, details } = await refused("changed", { latencyMs: 1 });
    expect(status).toBe("ALREADY_EXISTS");
    expect(details).toMatchObject({ reason: "DUPLICATE_REQUEST", state: "different" });
  });

  it("keeps the ids of two services apart", async () => {
    const [his, hers] = [await track(worker, "same id"), await track(admin, "same id")];
    expect(his.entryId).not.toBe(hers.entryId);
    expect(hers.duplicate).toBe(false);
  });

  it.each([
    ["that does not add up", { ...USAGE, total_tokens: 133 }],
    ["below zero", { ...USAGE, prompt_tokens: -46, total_tokens: 40 }],
    ["with more cached than sent", { ...USAGE, prompt_tokens_details: { cached_tokens: 47 } }],
    ["in fractions", { prompt_tokens: 1.5, completion_tokens: 1, total_tokens: 2.5 }],
    ["of nothing", {}],
    ["in words", { prompt_tokens: "46", completion_tokens: "86", total_tokens: "132" }],
  ])("refuses a usage %s", async (_, usage) => {
    const { status, details } = await refused("impossible", { usage });
    expect(status).toBe("INVALID_ARGUMENT");
    expect(details).toMatchObject({ reason: "INVALID_FIELD", field: "usage" });
  });

  it.each([
    ["14 months ago", -425 * DAY_MS],
    ["6 minutes ahead", 6 * MINUTE_MS],
  ])("refuses a call that began %s", async (_, offsetMs) => {
    const { details } = await refused("out of time", { at: fromNow(offsetMs) });
    expect(details).toMatchObject({ reason: "INVALID_FIELD", field: "at" });
  });

  it.each([
    ["4 minutes ahead", 4 * MINUTE_MS],
    ["6 days ago", -6 * DAY_MS],
  ])("books on its own day a call that began %s", async (name, offsetMs) => {
    const at = fromNow(offsetMs);
    const entry = await stored(await track(worker, name, { at }));
    expect(entry).toMatchObject({
      startedAt: new Date(at),
      day: at.slice(0, 10),
      month: at.slice(0, 7),
      originalDay: null,
    });
  });

  it.each([8, 380])("books today what began %i days ago, and keeps its day", async (days) => {
    const at = fromNow(-days * DAY_MS);
    const entry = await stored(await track(worker, `${days} days late`, { at }));
    const settled = (entry.settledAt as Date).toISOString();
    expect(entry).toMatchObject({
      startedAt: new Date(at),
      day: settled.slice(0, 10),
      month: settled.slice(0, 7),
      originalDay: at.slice(0, 10),
    });
  });

  it("reaches the aggregates of the user it is for", async () => {
    const entries = await untilAggregated([ann.uid]);
    expect(entries.length).toBeGreaterThan(10);
    expect(await entriesOf(worker.uid)).toEqual([]);
  });
});

function fromNow(offsetMs: number): string {
  return new Date(Date.now() + offsetMs).toISOString();
}
