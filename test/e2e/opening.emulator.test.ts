import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { ListBudgetsResponse } from "../../functions/src/contracts/budgets.ts";
import { untilAggregated } from "./harness/aggregated.ts";
import { untilAlerts } from "./harness/alerts.ts";
import { call } from "./harness/callable.ts";
import { useOneDay } from "./harness/clock.ts";
import { type Person, signUp } from "./harness/people.ts";
import { fireSchedule } from "./harness/schedule.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { sumOfEntries } from "./harness/sums.ts";
import { chat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);
useOneDay();

/** 42 % of a tenth of a cent. */
const QUESTION = "Talk at length. [sim tokens=700]";

describe("a budget that is made in the middle of its month", () => {
  let admin: Person;
  let ann: Person;

  beforeAll(async () => {
    [admin, ann] = await Promise.all([
      signUp("opening-admin", { admin: true }),
      signUp("opening-ann"),
    ]);
    await chat(ann, QUESTION);
    await chat(ann, QUESTION);
    await call("setBudget", admin, {
      scope: "user",
      scopeId: ann.uid,
      unit: "usd",
      window: "month",
      limitUsd: "0.001",
    });
    await fireSchedule("checkBudgets");
  });

  it("counts what was spent before it, and alerts on it, though no call has moved it", async () => {
    const spent = await spentByEntries();
    const [alert] = await untilAlerts(ann, "usd", 1);
    expect(alert).toMatchObject({ type: "budget_threshold", spent });
    expect(await spentByWindow()).toBe(spent);
  });

  it("counts each call once, however often it is checked", async () => {
    await chat(ann, QUESTION);
    await untilAggregated([ann.uid]);
    for (const minutes of [5, 20, 25]) {
      await fireSchedule("checkBudgets", new Date(Date.now() + minutes * 60_000));
      expect(await spentByWindow()).toBe(await spentByEntries());
    }
  });

  async function spentByEntries(): Promise<unknown> {
    return sumOfEntries(await untilAggregated([ann.uid])).costNanoUsd;
  }

  async function spentByWindow(): Promise<number | undefined> {
    const { items } = await call<ListBudgetsResponse>("listBudgets", ann, { scope: "user" });
    return items.find(({ scopeId, unit }) => scopeId === ann.uid && unit === "usd")?.current?.spent;
  }
});
