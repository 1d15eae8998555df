import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { ListBudgetsResponse } from "../../functions/src/contracts/budgets.ts";
import { untilAlerts } from "./harness/alerts.ts";
import { type Asker, call } from "./harness/callable.ts";
import { useOneDay } from "./harness/clock.ts";
import { useOwnDeployment } from "./harness/own-deployment.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { entriesOf, sumOfEntries } from "./harness/sums.ts";
import { chat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);
useOneDay();

/** 42 % of a tenth of a cent. */
const QUESTION = "Talk at length. [sim tokens=700]";

/** Checks of a later time must not meet the budgets of other files. */
const own = useOwnDeployment("opening");

describe("a budget that is made in the middle of its month", () => {
  let admin: Asker;
  let ann: Asker;

  beforeAll(async () => {
    [admin, ann] = await Promise.all([own.person("root", { admin: true }), own.person("ann")]);
    await chat(ann, QUESTION);
    await chat(ann, QUESTION);
    await own.run("careForLedger", 2);
    await call("setBudget", admin, {
      scope: "user",
      scopeId: "ann",
      unit: "usd",
      window: "month",
      limitUsd: "0.001",
    });
    await own.run("checkBudgets");
  });

  it("counts what was spent before it, and alerts on it, though no call has moved it", async () => {
    const spent = await spentByEntries();
    const [alert] = await untilAlerts(ann, "usd", 1);
    expect(alert).toMatchObject({ type: "budget_threshold", spent });
    expect(await spentByWindow()).toBe(spent);
  });

  it("counts each call once, however often it is checked", async () => {
    await chat(ann, QUESTION);
    await own.run("careForLedger", 2);
    for (const minutes of [5, 20, 25]) {
      await own.run("checkBudgets", minutes);
      expect(await spentByWindow()).toBe(await spentByEntries());
    }
  });

  async function spentByEntries(): Promise<unknown> {
    return sumOfEntries(await entriesOf("ann", { project: own.project })).costNanoUsd;
  }

  async function spentByWindow(): Promise<number | undefined> {
    const { items } = await call<ListBudgetsResponse>("listBudgets", ann, { scope: "user" });
    return items.find(({ scopeId, unit }) => scopeId === "ann" && unit === "usd")?.current?.spent;
  }
});
