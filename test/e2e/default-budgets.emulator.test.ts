import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type {
  BudgetItem,
  ListBudgetsResponse,
  SetBudgetResponse,
} from "../../functions/src/contracts/budgets.ts";
import { alertsOf, untilAlerts } from "./harness/alerts.ts";
import { type Asker, call, refusalOf } from "./harness/callable.ts";
import { useOwnDeployment } from "./harness/own-deployment.ts";
import { pagesOf } from "./harness/pages.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { find } from "./harness/store.ts";
import { chat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

/** A default acts on every user of its project. */
const own = useOwnDeployment("default");
type Person = Asker & { readonly uid: string };
let admin: Person;
let ben: Person;
let eve: Person;

beforeAll(async () => {
  [admin, ben, eve] = await Promise.all([
    own.person("root", { admin: true }),
    own.person("ben"),
    own.person("eve"),
  ]);
});

const setBudget = (data: object) => call<SetBudgetResponse>("setBudget", admin, data);

describe("a default budget", () => {
  const REQUESTS = { scope: "user", scopeId: "*", unit: "requests", window: "lifetime" };
  const budgetId = "user:*:requests:lifetime";

  it("counts for everyone without a budget of his own", async () => {
    expect((await setBudget({ ...REQUESTS, limit: 2 })).budgetId).toBe(budgetId);
    await setBudget({ ...REQUESTS, scopeId: eve.uid, limit: 100 });
    for (const who of [ben, ben, eve, eve]) await chat(who, "Hi");
    await own.aggregate();
    await untilAlerts(ben, "requests", 1);
    const reached = (await alertsOf(ben, "requests")).map(({ unit, spent, limit }) => [
      unit,
      spent,
      limit,
    ]);
    expect(reached).toContainEqual(["requests", 2, 2]);
    expect(await alertsOf(eve, "requests")).toEqual([]);
  });

  it("is seen by users beside their own, with what they have used of it", async () => {
    const { items } = await call<ListBudgetsResponse>("listBudgets", ben, {});
    const mine = items.find((item) => item.budgetId === budgetId);
    expect(mine).toMatchObject({ limit: 2, current: { spent: 2, left: 0, period: "all" } });
    expect(items.map((item) => item.budgetId)).not.toContain(`user:${eve.uid}:requests:lifetime`);
    const hers = (await call<ListBudgetsResponse>("listBudgets", eve, {})).items;
    expect(hers.map((item) => item.budgetId)).toContain(`user:${eve.uid}:requests:lifetime`);
    expect(hers.map((item) => item.budgetId)).not.toContain(budgetId);
  });

  it("is listed for admins with all others, a page at a time", async () => {
    const items = await pagesOf<BudgetItem>("listBudgets", admin, { limit: 1 });
    const ids = items.map((item) => item.budgetId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([budgetId, `user:${eve.uid}:requests:lifetime`]));
  });

  it("counts no more once it is deleted, which can be done once", async () => {
    await call("deleteBudget", admin, { budgetId });
    const { budgets } = await chat(ben, "Hi");
    expect(budgets.map((budget) => budget.budgetId)).not.toContain(budgetId);
    const { status, details } = await refusalOf("deleteBudget", admin, { budgetId });
    expect([status, details?.reason]).toEqual(["NOT_FOUND", "NOT_FOUND"]);
  });
});

describe("what this version cannot hold", () => {
  it("is refused, and not stored: a downgrade", async () => {
    const scope = { scope: "user", scopeId: ben.uid, unit: "usd", window: "day" };
    const downgrading = { ...scope, limitUsd: "1", downgradeTo: "gpt-4o-mini" };
    const { status, details } = await refusalOf("setBudget", admin, downgrading);
    expect(status).toBe("INVALID_ARGUMENT");
    expect(details).toMatchObject({ reason: "INVALID_FIELD", field: "downgradeTo" });
    const stored = await find("budgets", { scopeId: ben.uid }, { project: own.project });
    expect(stored).toEqual([]);
  });
});
