import { describe, expect, it } from "@jest/globals";
import { type BudgetScope, type BudgetUnit, sessionScopeId } from "../budgets/budget.ts";
import { sampleBudget, sampleWindow } from "../budgets/testing/sample-budget.ts";
import { earlierUsage } from "./earlier-usage.ts";
import type { Attribution, Entry } from "./entry.ts";
import { type SampleCall, sampleDraft, sampleHold } from "./testing/sample-call.ts";
import { smallStore } from "./testing/small-store.ts";
import type { WindowMove } from "./window-move.ts";

const KNOWN = new Date("2026-11-22T14:00:00Z");
const EARLIER_MS = Date.parse("2026-11-22T09:00:00Z");

describe("unnamed", () => {
  it("sums the entries of scope and period that do not name the window", async () => {
    const { add, unnamed } = setUp();
    const window = windowOf("user", "alice");
    add({ startedAtMs: EARLIER_MS });
    add({ startedAtMs: Date.parse("2026-11-01T00:00:00Z") });
    add({ startedAtMs: EARLIER_MS, windows: [{ windowId: window.windowId } as WindowMove] });
    add({ startedAtMs: EARLIER_MS, attribution: { userId: "bob" } });
    add({ startedAtMs: Date.parse("2026-10-31T23:59:59.999Z") });
    add({ startedAtMs: KNOWN.getTime() });
    expect(await unnamed(window)).toBe(2 * 14_000);
  });

  it.each<[BudgetUnit, number]>([
    ["usd", 28_000],
    ["tokens", 10],
    ["requests", 2],
  ])("counts in the window's unit: %s", async (unit, expected) => {
    const { add, unnamed } = setUp();
    add({ startedAtMs: EARLIER_MS });
    add({ startedAtMs: EARLIER_MS });
    expect(await unnamed(windowOf("user", "alice", unit))).toBe(expected);
  });

  it.each<[BudgetScope, string, Partial<Attribution>, Partial<Attribution>]>([
    ["user", "alice", {}, { userId: "bob" }],
    ["key", "key 1", { apiKeyId: "key 1" }, { apiKeyId: "key 2" }],
    ["session", "alice_s%2F1", { sessionId: "s/1" }, { sessionId: "s/2" }],
    ["agent", "planner", { agent: "planner" }, {}],
    ["department", "R&D", { department: "R&D" }, { department: "Sales" }],
    ["org", "acme", { orgId: "acme" }, { orgId: "zeta" }],
  ])("finds the entries of a %s", async (scope, scopeId, own, others) => {
    const { add, unnamed } = setUp();
    add({ startedAtMs: EARLIER_MS, attribution: own });
    add({ startedAtMs: EARLIER_MS, attribution: others });
    expect(await unnamed(windowOf(scope, scopeId))).toBe(14_000);
  });

  it("takes everybody's entries for the project", async () => {
    const { add, unnamed } = setUp();
    for (const userId of ["alice", "bob"])
      add({ startedAtMs: EARLIER_MS, attribution: { userId } });
    expect(await unnamed(windowOf("project", "demo"))).toBe(28_000);
  });

  it("finds a session whose key is a hash among all entries of its user", async () => {
    const { add, unnamed } = setUp();
    const sessionId = "消".repeat(100);
    add({ startedAtMs: EARLIER_MS, attribution: { sessionId } });
    add({ startedAtMs: EARLIER_MS, attribution: { sessionId: "other" } });
    add({ startedAtMs: EARLIER_MS });
    const window = windowOf("session", sessionScopeId("alice", sessionId));
    expect(window.scopeId).toContain("%hash-");
    expect(await unnamed({ ...window, userId: "alice" })).toBe(14_000);
  });

  it("keeps to the day of a day's window, and to nothing for a lifetime", async () => {
    const { add, unnamed } = setUp();
    for (const day of ["2026-11-21", "2026-11-22", "2025-12-31"]) {
      add({ startedAtMs: Date.parse(`${day}T01:00:00Z`) });
    }
    expect(await unnamed(windowOf("user", "alice", "usd", "day", "2026-11-22"))).toBe(14_000);
    expect(await unnamed(windowOf("user", "alice", "usd", "lifetime", "all"))).toBe(42_000);
  });

  it("reads the newest 200 000 entries, and says that there are more", async () => {
    const { store } = smallStore();
    const entry = { windows: [], day: "2026-11-01", add: { costNanoUsd: 3 } };
    const page = Array.from({ length: 50_000 }, () => entry);
    const endless = {
      ...store,
      async *entriesOf() {
        for (;;) yield page as unknown as Entry[];
      },
    };
    const sum = await earlierUsage(endless, () => 0).unnamed(windowOf("user", "alice"), KNOWN);
    expect(sum).toEqual({ amount: 600_000, isWhole: false });
  });
});

describe("oldestOpenCall", () => {
  it("is the start of the oldest hold, expired or not; undefined when none is open", async () => {
    const { world, usage } = setUp();
    expect(await usage.oldestOpenCall()).toBeUndefined();
    for (const startedAtMs of [EARLIER_MS + 5, EARLIER_MS]) {
      const hold = sampleHold({ requestId: `r${startedAtMs}`, nonce: "n", startedAtMs });
      const doc = { collection: "usage_holds" as const, id: hold.holdId };
      world.documents.apply([{ kind: "create", doc, fields: { ...hold } }]);
    }
    expect(await usage.oldestOpenCall()).toEqual(new Date(EARLIER_MS));
  });
});

function setUp() {
  const world = smallStore(KNOWN.getTime());
  const usage = earlierUsage(world.store, () => world.clock.nowMs());
  let n = 0;
  return {
    world,
    usage,
    unnamed: async (window: ReturnType<typeof windowOf>) => {
      const { amount, isWhole } = await usage.unnamed(window, KNOWN);
      expect(isWhole).toBe(true);
      return amount;
    },
    /** 2 input and 3 output tokens: 2 000 + 12 000 nanoUSD. */
    add: (call: Pick<SampleCall, "startedAtMs" | "attribution" | "windows">) => {
      n += 1;
      const hold = sampleHold({ requestId: `r${n}`, nonce: `n${n}`, ...call });
      const entry: Entry = { ...sampleDraft(hold, { input: 2, output: 3 }), shard: 0 };
      const doc = { collection: "usage_tracking" as const, id: entry.entryId };
      world.documents.apply([{ kind: "create", doc, fields: { ...entry } }]);
    },
  };
}

function windowOf(
  scope: BudgetScope,
  scopeId: string,
  unit: BudgetUnit = "usd",
  window: "day" | "month" | "lifetime" = "month",
  period = "2026-11",
) {
  return sampleWindow(sampleBudget({ scope, scopeId, unit, window }), period);
}
