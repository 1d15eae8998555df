import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { SetBudgetResponse } from "../../functions/src/contracts/budgets.ts";
import { untilAggregated } from "./harness/aggregated.ts";
import { type AlertMessage, useAlertMessages } from "./harness/alert-messages.ts";
import { alertsOf, untilAlerts } from "./harness/alerts.ts";
import { call, refusalOf } from "./harness/callable.ts";
import { useOneDay } from "./harness/clock.ts";
import { eventually } from "./harness/eventually.ts";
import { type Person, signUp } from "./harness/people.ts";
import { fireSchedule } from "./harness/schedule.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { sumOfEntries } from "./harness/sums.ts";
import { chat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);
useOneDay();

/** 700 tokens at 600 nanoUSD, and the question at 150: 42 % of a budget of a tenth of a cent. */
const QUESTION = "Talk at length. [sim tokens=700]";
const LIMIT_NANO_USD = 1_000_000;
const RAISED_NANO_USD = 1_500_000;

const messages = useAlertMessages();
let admin: Person;
let ann: Person;
let ben: Person;
let eve: Person;

beforeAll(async () => {
  [admin, ann, ben, eve] = await Promise.all([
    signUp("budget-admin", { admin: true }),
    signUp("budget-ann"),
    signUp("budget-ben"),
    signUp("budget-eve"),
  ]);
});

function setBudgetOf({ uid }: Person, more: object): Promise<SetBudgetResponse> {
  const ofMonth = { scope: "user", scopeId: uid, unit: "usd", window: "month" };
  return call<SetBudgetResponse>("setBudget", admin, { ...ofMonth, ...more });
}

function messagesOf({ uid }: Person): readonly AlertMessage[] {
  return messages().filter(({ json }) => json.userId === uid && json.unit === "usd");
}

async function published(who: Person): Promise<(readonly [unknown, unknown])[]> {
  const own = messagesOf(who);
  return own.map(({ json }) => [json.thresholdPerMille, json.limit] as const);
}

describe("a budget in dollars", () => {
  it("is set by an admin, and says by when every instance knows", async () => {
    const before = Date.now();
    const set = await setBudgetOf(ann, { limitUsd: "0.001", name: "Ann's month" });
    expect(set.budgetId).toBe(`user:${ann.uid}:usd:month`);
    expect(Date.parse(set.effectiveBy)).toBeGreaterThanOrEqual(before);
  });

  it("comes back with each answer, the call itself included", async () => {
    const { budgets, cost } = await chat(ann, QUESTION);
    const own = budgets.find(({ budgetId }) => budgetId === `user:${ann.uid}:usd:month`);
    expect(own).toMatchObject({
      scope: "user",
      scopeId: ann.uid,
      limit: LIMIT_NANO_USD,
      spent: cost.nanoUsd,
      held: 0,
      left: LIMIT_NANO_USD - cost.nanoUsd,
      enforcement: "alert",
    });
    await untilAggregated([ann.uid]);
    expect(await alertsOf(ann, "usd")).toEqual([]);
  });

  it("alerts once at 80 %, with the amounts of that instant", async () => {
    await chat(ann, QUESTION);
    const [alert, ...more] = await untilAlerts(ann, "usd", 1);
    const spent = sumOfEntries(await untilAggregated([ann.uid])).costNanoUsd as number;
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      type: "budget_threshold",
      severity: "warning",
      budgetName: "Ann's month",
      userId: ann.uid,
      threshold: 0.8,
      spent,
      limit: LIMIT_NANO_USD,
      left: LIMIT_NANO_USD - spent,
      percentUsed: Math.floor(spent / (LIMIT_NANO_USD / 1_000)) / 10,
      acknowledgedAt: null,
    });
  });

  it("alerts once more at 100 %, and then no more", async () => {
    await chat(ann, QUESTION);
    await untilAlerts(ann, "usd", 2);
    await chat(ann, "Hi [sim tokens=1]");
    await untilAggregated([ann.uid]);
    await fireSchedule("checkBudgets");
    const types = (await alertsOf(ann, "usd")).map(({ type, severity }) => [type, severity]);
    expect(types).toEqual([
      ["budget_exceeded", "critical"],
      ["budget_threshold", "warning"],
    ]);
  });

  it("alerts anew when its limit is raised, by the next check alone", async () => {
    await setBudgetOf(ann, { limitUsd: "0.0015", name: "Ann's month" });
    await fireSchedule("checkBudgets");
    const alerts = await alertsOf(ann, "usd");
    expect(alerts).toHaveLength(3);
    expect(alerts[0]).toMatchObject({ type: "budget_threshold", limit: RAISED_NANO_USD });
  });

  it("gets nothing new from checks that come twice, one after the other or at once", async () => {
    await fireSchedule("checkBudgets");
    await Promise.all([fireSchedule("checkBudgets"), fireSchedule("checkBudgets")]);
    expect(await alertsOf(ann, "usd")).toHaveLength(3);
  });

  it("is published once for each alert, in the order in which they came", async () => {
    const seen = await eventually(
      () => published(ann),
      (all) => all.length >= 3,
    );
    expect(seen).toEqual([
      [800, LIMIT_NANO_USD],
      [1_000, LIMIT_NANO_USD],
      [800, RAISED_NANO_USD],
    ]);
    const [first] = messagesOf(ann);
    expect(first?.attributes).toEqual({
      alertId: first?.json.alertId,
      type: "budget_threshold",
      severity: "warning",
    });
    for (const { publishedAt } of await alertsOf(ann, "usd")) expect(publishedAt).not.toBeNull();
  });

  it("that is spent at one go leaves two alerts and one message, the higher one", async () => {
    await setBudgetOf(eve, { limitUsd: "0.0001" });
    await chat(eve, QUESTION);
    const alerts = await untilAlerts(eve, "usd", 2);
    expect(alerts.map(({ threshold }) => threshold).sort()).toEqual([0.8, 1]);
    const seen = await eventually(
      () => published(eve),
      (all) => all.length >= 1,
    );
    expect(seen).toEqual([[1_000, 100_000]]);
  });
});

describe("alerts", () => {
  it("are seen by their owner and by admins", async () => {
    const hers = await alertsOf(ann, "usd");
    expect(hers.every(({ userId }) => userId === ann.uid)).toBe(true);
    expect(await alertsOf(admin, "usd", { userId: ann.uid })).toEqual(hers);
    const { details } = await refusalOf("listAlerts", ben, { userId: ann.uid });
    expect(details?.reason).toBe("NOT_OWNER");
  });

  it("are acknowledged by admins, the first of whom stays", async () => {
    const [alert] = await alertsOf(ann, "usd");
    const data = { alertId: alert?.alertId };
    expect((await refusalOf("acknowledgeAlert", ann, data)).details?.reason).toBe("NOT_ADMIN");
    const first = await call("acknowledgeAlert", admin, data);
    expect(first).toMatchObject({ ...data, acknowledgedBy: admin.uid });
    const other = await signUp("budget-admin-2", { admin: true });
    expect(await call("acknowledgeAlert", other, data)).toEqual(first);
    expect(await alertsOf(ann, "usd", { acknowledged: false })).toHaveLength(2);
    const closed = await alertsOf(ann, "usd", { acknowledged: true });
    expect(closed.map(({ alertId }) => alertId)).toEqual([data.alertId]);
  });

  it("that do not exist cannot be acknowledged", async () => {
    const data = { alertId: `user:${ann.uid}:usd:month_2020-01_800_1` };
    expect((await refusalOf("acknowledgeAlert", admin, data)).details?.reason).toBe("NOT_FOUND");
  });
});
