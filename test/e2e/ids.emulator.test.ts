import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { untilAggregated } from "./harness/aggregated.ts";
import { call } from "./harness/callable.ts";
import { useDoors } from "./harness/framework.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { collections, find, type Stored } from "./harness/store.ts";
import { sumOfEntries, sumOfField, sumOverKeys } from "./harness/sums.ts";
import { type ChatResponse, saying } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

/** Ids that are allowed, each of which would break something that is put together without care. */
const ODD_IDS = [
  "a/b/c",
  ".",
  "..",
  "__proto__",
  "__x__",
  "constructor",
  "*",
  "a_b",
  "a|b",
  "%2F",
  "a.b`c\\d",
  "🙂",
  "é", // one code point
  "日本語".repeat(40),
  "x".repeat(128),
];

/** Everything that Tollgate writes (design, section 4). */
const COLLECTIONS = [
  "budget_alerts",
  "budget_windows",
  "budgets",
  "care_state",
  "model_prices",
  "usage_daily",
  "usage_holds",
  "usage_monthly",
  "usage_outbox",
  "usage_repairs",
  "usage_sessions",
  "usage_totals",
  "usage_tracking",
];

/** Tags, and metadata but for those names that no door takes. */
function describedBy(id: string) {
  const isName = !["__proto__", "constructor"].includes(id);
  return { tags: [id.slice(0, 40)], metadata: isName ? { [id.slice(0, 20)]: "v" } : {} };
}

const SAFE = /^[A-Za-z0-9%~-]+$/;

const doors = useDoors();
let ann: Person;
let worker: Person;
beforeAll(async () => {
  [ann, worker] = await Promise.all([signUp("ids"), signUp("ids-worker", { service: true })]);
});

describe("odd ids that a client claims", () => {
  let entries: Stored[];
  beforeAll(async () => {
    for (const id of ODD_IDS) {
      const claimed = { requestId: id, sessionId: id, agent: id, operation: id };
      const data = saying("Hi [sim tokens=2]", { ...claimed, ...describedBy(id) });
      await call<ChatResponse>("chat", { ...ann, url: doors().url }, data);
    }
    entries = await untilAggregated([ann.uid]);
  }, SLOW_MS);

  it("stand in the entry as they were given", () => {
    const given = entries.map(({ fields }) => fields.sessionId);
    expect(given.sort()).toEqual([...ODD_IDS].sort());
    for (const { fields } of entries) expect(fields.agent).toBe(fields.sessionId);
  });

  it("have a key each in the month, which holds only safe characters", async () => {
    const months = await find("usage_monthly", { userId: ann.uid });
    for (const map of ["byAgent", "byOperation"]) {
      const keyed = sumOfField(months, map);
      expect(Object.keys(keyed)).toHaveLength(ODD_IDS.length);
      for (const key of Object.keys(keyed)) expect(key).toMatch(SAFE);
      expect(sumOverKeys(keyed)).toEqual(sumOfEntries(entries));
    }
  });

  it("have a session each, under a safe id", async () => {
    const sessions = await find("usage_sessions", { userId: ann.uid });
    expect(sessions.map(({ fields }) => fields.sessionId).sort()).toEqual([...ODD_IDS].sort());
    for (const { id } of sessions) expect(id).toMatch(/^[A-Za-z0-9%-]+_[A-Za-z0-9%-]+$/);
  });
});

describe("odd ids of users whom a service names", () => {
  it("have a month each, and write nowhere else", async () => {
    const userIds = ODD_IDS.map((id) => `${id.slice(0, 100)}${ann.uid}`);
    for (const userId of userIds) {
      await call(
        "trackUsage",
        { ...worker, url: doors().url },
        {
          requestId: "same for all",
          userId,
          provider: "openai",
          model: "gpt-4o-mini",
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, __x__: "kept" },
          sessionId: `_${userId}`.slice(0, 100),
        },
      );
    }
    await untilAggregated(userIds);
    for (const userId of userIds) {
      const [month, ...more] = await find("usage_monthly", { userId });
      expect(more).toEqual([]);
      expect(month?.fields.totals).toMatchObject({ totalTokens: 2 });
    }
    expect(COLLECTIONS).toEqual(expect.arrayContaining(await collections()));
  });
});
