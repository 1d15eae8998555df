import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { ListBudgetsResponse } from "../../functions/src/contracts/budgets.ts";
import type { EstimateCostResponse } from "../../functions/src/contracts/estimate-cost.ts";
import { untilAggregated } from "./harness/aggregated.ts";
import { untilAlerts } from "./harness/alerts.ts";
import { type Answer, ask, call, refusalOf } from "./harness/callable.ts";
import { roomIn, useOneDay } from "./harness/clock.ts";
import { eventually } from "./harness/eventually.ts";
import { useDoors } from "./harness/framework.ts";
import { inParallel } from "./harness/parallel.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { find, type Stored } from "./harness/store.ts";
import { sumOfEntries } from "./harness/sums.ts";
import { type ChatResponse, chat, saying } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);
useOneDay();

/** 100 tokens at 600 nanoUSD, and some 15 of the question at 150. */
const QUESTION = "Talk. [sim tokens=100]";
const LIMITED = { maxOutputTokens: 100 };

const instances = [useDoors(), useDoors()] as const;
let admin: Person;

beforeAll(async () => {
  admin = await signUp("block-admin", { admin: true });
});

describe("a block budget", () => {
  it("goes on from what was spent when an alerting one becomes one", async () => {
    const kay = await signUp("block-kay");
    await block({ scopeId: kay.uid, limitUsd: "1", enforcement: "alert" });
    const first = await chat(kay, QUESTION, LIMITED);
    await untilAggregated([kay.uid]);
    const limit = first.cost.nanoUsd + 80_000;
    await block({ scopeId: kay.uid, limit });
    const second = await chat(kay, QUESTION, LIMITED);
    const spent = first.cost.nanoUsd + second.cost.nanoUsd;
    expect(second.budgets).toMatchObject([{ limit, spent, held: 0, enforcement: "block" }]);
    const { details } = await refusalOf("chat", kay, saying(QUESTION, LIMITED));
    expect(details).toMatchObject({
      reason: "BUDGET_EXCEEDED",
      budget: { spent, left: limit - spent },
    });
    await block({ scopeId: kay.uid, limit, enforcement: "alert" });
    await chat(kay, QUESTION, LIMITED);
    await expectSettled(kay, { usd: sumOfCosts(await untilAggregated([kay.uid])) });
  });

  it("bounds another user's session and request id not at all", async () => {
    const [lea, mia] = await Promise.all([signUp("block-lea"), signUp("block-mia")]);
    await block({ scope: "session", scopeId: `${lea.uid}_s1`, unit: "requests", limit: 1 });
    const same = { ...LIMITED, sessionId: "s1", requestId: "r1" };
    await chat(lea, QUESTION, same);
    expect((await chat(mia, QUESTION, same)).budgets).toEqual([]);
    const { details } = await refusalOf(
      "chat",
      lea,
      saying(QUESTION, { ...same, requestId: "r2" }),
    );
    expect(details).toMatchObject({ reason: "BUDGET_EXCEEDED" });
    await chat(lea, QUESTION, { ...LIMITED, sessionId: `${lea.uid}_s1` });
  });

  it("counts calls that were made elsewhere, and refuses none of them", async () => {
    const [nia, worker] = await Promise.all([
      signUp("block-nia"),
      signUp("block-worker", { service: true }),
    ]);
    await block({ scopeId: nia.uid, limit: 50_000 });
    const usage = { prompt_tokens: 100, completion_tokens: 100 };
    const made = {
      requestId: "job-1",
      userId: nia.uid,
      provider: "openai",
      model: "gpt-4o-mini",
      usage,
    };
    const { cost } = await call<{ cost: { nanoUsd: number } }>("trackUsage", worker, made);
    expect(cost.nanoUsd).toBe(75_000);
    await expectSettled(nia, { usd: 75_000 });
    const { details } = await refusalOf("chat", nia, saying(QUESTION, LIMITED));
    expect(details).toMatchObject({ budget: { spent: 75_000, left: 0 }, retryAfterSeconds: null });
  });

  it("holds against calls at once on two instances, and is used up", async () => {
    const ann = await signUp("block-ann");
    await block({ scopeId: ann.uid, limitUsd: "0.001" });
    const answers = await manyChats(ann, 60);
    const costs = answers.flatMap(({ result }) => (result ? [result.cost.nanoUsd] : []));
    const spent = costs.reduce((sum, cost) => sum + cost, 0);
    expect(spent).toBeLessThanOrEqual(1_000_000);
    expect(spent).toBeGreaterThan(930_000);
    expect(reasonsOf(answers)).toEqual(["BUDGET_EXCEEDED"]);
    await expectSettled(ann, { usd: spent });
    const types = (await untilAlerts(ann, "usd", 1)).map(({ enforcement }) => enforcement);
    expect(types[0]).toBe("block");
  });

  it("is one of several that all have to have room: a user's, a session's, an agent's", async () => {
    const ben = await signUp("block-ben");
    const claims = { sessionId: "s1", agent: `agent-${ben.uid}` };
    await block({ scopeId: ben.uid, limitUsd: "1" });
    await block({
      scope: "session",
      scopeId: `${ben.uid}_s1`,
      unit: "tokens",
      limit: 1_000,
      window: "lifetime",
    });
    await block({
      scope: "agent",
      scopeId: claims.agent,
      unit: "requests",
      limit: 5,
      window: "day",
    });
    const answers = await manyChats(ben, 12, claims);
    const accepted = answers.flatMap(({ result }) => (result ? [result] : []));
    expect(accepted).toHaveLength(5);
    expect(reasonsOf(answers)).toEqual(["BUDGET_EXCEEDED"]);
    const elsewhere = await chat(ben, QUESTION, { ...LIMITED, sessionId: "s2", agent: "other" });
    const tokens = accepted.reduce((sum, { usage }) => sum + usage.totalTokens, 0);
    const usd = [...accepted, elsewhere].reduce((sum, { cost }) => sum + cost.nanoUsd, 0);
    await expectSettled(ben, { usd, tokens, requests: 5 });
  });

  it("limits requests and tokens per minute", async () => {
    const cat = await signUp("block-cat");
    await block({ scopeId: cat.uid, unit: "requests", window: "minute", limit: 4 });
    await block({ scopeId: cat.uid, unit: "tokens", window: "minute", limit: 100_000 });
    await roomIn("minute", 10_000);
    const answers = await manyChats(cat, 20);
    const periods = answers.flatMap(({ result }) => result?.budgets[0]?.period ?? []);
    const perMinute = Map.groupBy(periods, (period) => period);
    for (const [, calls] of perMinute) expect(calls.length).toBeLessThanOrEqual(4);
    expect(periods.length).toBeGreaterThanOrEqual(4);
    const refusals = answers.flatMap(({ error }) => error?.details?.retryAfterSeconds ?? []);
    expect(refusals.length).toBe(20 - periods.length);
    for (const seconds of refusals) expect(seconds).toBeLessThanOrEqual(60);
  });

  it("counts what was spent before it was made, from its first call on", async () => {
    const dan = await signUp("block-dan");
    const { cost } = await chat(dan, QUESTION, LIMITED);
    await block({ scopeId: dan.uid, limit: cost.nanoUsd + 60_000 });
    const { details } = await refusalOf("chat", dan, saying(QUESTION, LIMITED));
    expect(details).toMatchObject({
      reason: "BUDGET_EXCEEDED",
      budget: { spent: cost.nanoUsd, held: 0 },
    });
  });

  it("says which budget refused, how it stands and when it begins anew", async () => {
    const eve = await signUp("block-eve");
    const { budgetId } = await block({ scopeId: eve.uid, limitUsd: "0.00005" });
    const { status, details } = await refusalOf("chat", eve, saying(QUESTION, LIMITED));
    expect(status).toBe("RESOURCE_EXHAUSTED");
    const { period = "" } = (details?.budget ?? {}) as { period?: string };
    const [year = 0, month = 0] = period.split("-").map(Number);
    expect(details).toMatchObject({
      reason: "BUDGET_EXCEEDED",
      budget: {
        budgetId,
        scope: "user",
        scopeId: eve.uid,
        limit: 50_000,
        spent: 0,
        held: 0,
        left: 50_000,
        resetsAt: new Date(Date.UTC(year, month, 1)).toISOString(),
      },
      retryAfterSeconds: null,
    });
    expect(await find("usage_holds", { userId: eve.uid })).toEqual([]);
    expect(await find("usage_tracking", { userId: eve.uid })).toEqual([]);
  });

  it("waits for a call that settles, and shows what is held meanwhile", async () => {
    const fay = await signUp("block-fay");
    await block({ scopeId: fay.uid, limit: 100_000 });
    const slow = chat(onFirst(fay), "Talk. [sim tokens=20 latency=1500]", LIMITED);
    const isHeld = async () => (await windowsOf(fay))[0]?.fields.held;
    await eventually(isHeld, (held) => Number(held) > 60_000);
    const { items } = await call<ListBudgetsResponse>("listBudgets", onFirst(fay), {
      scope: "user",
    });
    const { held, left, spent } = items.find(({ scopeId }) => scopeId === fay.uid)?.current ?? {};
    expect(held).toBeGreaterThan(60_000);
    expect([spent, left]).toEqual([0, 100_000 - Number(held)]);
    const next = await chat(onFirst(fay), "Talk. [sim tokens=20]", LIMITED);
    const first = await slow;
    expect(next.budgets).toMatchObject([
      { spent: first.cost.nanoUsd + next.cost.nanoUsd, held: 0 },
    ]);
  });

  it("lowers the limit of a call to what is left, when told to or when it has none", async () => {
    const gil = await signUp("block-gil");
    await block({ scopeId: gil.uid, limit: 300_000 });
    const long = "Talk at length. [sim tokens=5000]";
    const estimate = await call<EstimateCostResponse>("estimateCost", gil, saying(long));
    expect(estimate).toMatchObject({ allowed: true });
    expect(estimate.maxOutputTokens).toBeLessThan(500);
    const fitted = { maxOutputTokens: 4_000, fitToBudget: true };
    const answer = await chat(gil, long, fitted);
    expect(answer).toMatchObject({ finishReason: "length" });
    expect(answer.usage.outputTokens).toBe(estimate.maxOutputTokens);
    expect(answer.budgets[0]?.left).toBeLessThan(600);
    expect(await call("estimateCost", gil, saying(long))).toMatchObject({ allowed: false });
  });

  it("takes no model without a price in dollars, and any in tokens", async () => {
    const hal = await signUp("block-hal");
    await block({ scopeId: hal.uid, limitUsd: "1" });
    const unpriced = saying(QUESTION, { model: "openai/sim-unpriced", ...LIMITED });
    const { status, details } = await refusalOf("chat", hal, unpriced);
    expect([status, details?.reason]).toEqual(["FAILED_PRECONDITION", "UNPRICED_MODEL"]);
    await block({ scopeId: hal.uid, limitUsd: "1", onUnknownPrice: "allow" });
    const { cost } = await call<ChatResponse>("chat", hal, unpriced);
    expect(cost.priceStatus).toBe("unpriced");
  });
});

function block(more: object): Promise<{ readonly budgetId: string }> {
  const budget = { scope: "user", unit: "usd", window: "month", enforcement: "block", ...more };
  return call("setBudget", admin, budget);
}

function onFirst(who: Person) {
  return { ...who, url: instances[0]().url };
}

/** So many calls, 30 at a time, on both instances. */
function manyChats(who: Person, count: number, more: object = {}): Promise<Answer<ChatResponse>[]> {
  return inParallel(count, 30, (index) => {
    const { url } = instances[index % 2 === 0 ? 0 : 1]();
    return ask<ChatResponse>("chat", { ...who, url }, saying(QUESTION, { ...LIMITED, ...more }));
  });
}

function sumOfCosts(entries: readonly Stored[]): number {
  return sumOfEntries(entries).costNanoUsd as number;
}

function reasonsOf(answers: readonly Answer<unknown>[]): unknown[] {
  return [...new Set(answers.flatMap(({ error }) => error?.details?.reason ?? []))];
}

/** Every window of theirs: also those of scopes that carry no user. */
async function windowsOf({ uid }: Person): Promise<Stored[]> {
  const all = await find("budget_windows");
  return all.filter(({ id }) => id.includes(uid));
}

/** Nothing is held, and windows, entries and answers say the same. */
async function expectSettled(who: Person, spent: Readonly<Record<string, number>>): Promise<void> {
  const sums = sumOfEntries(await untilAggregated([who.uid]));
  expect(sums.costNanoUsd).toBe(spent.usd);
  expect(await find("usage_holds", { userId: who.uid })).toEqual([]);
  const states = (await windowsOf(who)).map(({ fields }) => [
    fields.unit,
    fields.spent,
    fields.held,
  ]);
  const due = Object.entries(spent).map(([unit, amount]) => [unit, amount, 0]);
  expect(new Set(states.map(String))).toEqual(new Set(due.map(String)));
}
