import { describe, expect, it } from "@jest/globals";
import type { Budget } from "../budgets/budget.ts";
import { SAMPLE_SINCE, sampleBudget } from "../budgets/testing/sample-budget.ts";
import type { Admitted } from "./admission.ts";
import { Admitter } from "./admitter.ts";
import { entryKey, holdKey } from "./hold.ts";
import type { LedgerStore } from "./port.ts";
import { windowKey } from "./reserve.ts";
import type { Fate } from "./testing/memory-store.ts";
import { type SampleAdmission, sampleAdmission } from "./testing/sample-admission.ts";
import { smallStore } from "./testing/small-store.ts";

const WINDOW_ID = "user:alice:usd:month_2026-11";
/** Older than its window, so that there is nothing to open. */
const SINCE = new Date("2026-10-05T00:00:00Z");

describe("Admitter", () => {
  it("takes from all windows and writes the hold, in one commit", async () => {
    const { admit, world, commits } = setUp([block({}), block({ unit: "requests", limit: 3 })]);
    const result = await admit("r1");
    const hold = world.documents.get(holdKey(idOf("r1").holdId));
    expect(result).toMatchObject({
      status: "admitted",
      outputTokens: 250,
      hold: { holdId: idOf("r1").holdId, version: hold?.version, windows: hold?.fields.windows },
      balances: [
        { limit: 3, spent: 0, held: 1 },
        { limit: 5_000_000, spent: 0, held: 1_000_000 },
      ],
    });
    expect(heldOf(world)).toEqual({
      "user:alice:requests:month_2026-11": 1,
      [WINDOW_ID]: 1_000_000,
    });
    expect(commits()).toBe(1);
  });

  it("takes from none when one of them has no room", async () => {
    const { admit, world } = setUp([block({}), block({ unit: "tokens", limit: 249 })]);
    expect(await admit("r1")).toMatchObject({
      status: "refused",
      window: { budget: { unit: "tokens" } },
      balance: { limit: 249, spent: 0, held: 0 },
      amount: 250,
    });
    expect(world.documents.list("budget_windows")).toEqual([]);
    expect(world.documents.list("usage_holds")).toEqual([]);
  });

  it("puts what arrives during a commit into the next one", async () => {
    const { admit, commits, world } = setUp([block({})]);
    const results = await Promise.all(["r1", "r2", "r3", "r4", "r5"].map((id) => admit(id)));
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill("admitted"));
    expect(commits()).toBe(2);
    expect(heldOf(world)).toEqual({ [WINDOW_ID]: 5_000_000 });
  });

  it("tries again when another was quicker, and counts what that one took", async () => {
    const { admit, world, pass, interfere } = setUp([block({ limit: 1_500_000 })]);
    interfere(1, () => holdElsewhere(world, 600_000));
    const result = admit("r1");
    await pass(100);
    await pass(3_000);
    expect(await result).toMatchObject({ status: "refused", balance: { held: 600_000 } });
  });

  it("gives up after 20 tries, which is no failure of the store", async () => {
    const { admit, world, pass, interfere, commits } = setUp([block({})]);
    interfere(Number.POSITIVE_INFINITY, () => holdElsewhere(world, 1));
    const result = admit("r1");
    for (let tries = 0; tries < 20; tries += 1) await pass(61);
    expect(await result).toMatchObject({ status: "unavailable", because: "contention" });
    expect(commits()).toBe(20);
  });

  it("waits for settles to make room", async () => {
    const { admit, world, pass } = setUp([block({ limit: 1_500_000 })]);
    await admit("r1");
    const waiting = admit("r2");
    await pass(500);
    await giveBack(world, "r1");
    await pass(500);
    expect(await waiting).toMatchObject({ status: "admitted" });
  });

  it("waits for 2 s at most, and then says what it has found", async () => {
    const { admit, pass } = setUp([block({ limit: 1_500_000 })]);
    await admit("r1");
    let isOver = false;
    const waiting = admit("r2").finally(() => {
      isOver = true;
    });
    await pass(1_999);
    expect(isOver).toBe(false);
    await pass(100);
    expect(await waiting).toMatchObject({
      status: "refused",
      balance: { limit: 1_500_000, spent: 0, held: 1_000_000 },
      amount: 1_000_000,
    });
  });

  it("waits on while others settle and are admitted, for 5 s in all", async () => {
    const { admit, world, pass } = setUp([block({ limit: 1_500_000 })]);
    await admit("r1");
    let isOver = false;
    const waiting = admit("r2").finally(() => {
      isOver = true;
    });
    for (let passed = 0; passed < 4_950; passed += 90) {
      expect(isOver).toBe(false);
      holdElsewhere(world, passed % 180 === 0 ? 1 : -1);
      await pass(90);
    }
    await pass(100);
    expect(await waiting).toMatchObject({ status: "refused" });
  });

  it("tells whoever repeats a request what became of it, also where there is no room any more", async () => {
    const { admit, world, pass, reads } = setUp([block({ limit: 1_500_000 })]);
    await admit("r1", { idIsTheClients: true });
    const again = admit("r1", { nonce: "b", idIsTheClients: true });
    expect(await again).toMatchObject({ status: "taken", hold: { fields: { nonce: "nonce-r1" } } });
    await giveBack(world, "r1");
    holdElsewhere(world, 1_500_000);
    const entry = { kind: "create", doc: entryKey(idOf("r1").entryId), fields: {} } as const;
    world.documents.apply([entry]);
    expect(await admit("r1", { nonce: "c", idIsTheClients: true })).toMatchObject({
      status: "taken",
      entry: {},
    });
    const before = reads();
    const other = admit("r2", { idIsTheClients: true });
    await pass(90);
    await pass(90);
    expect(reads() - before).toBe(4); // Its id is looked for once, its window each time.
    await pass(2_000);
    expect(await other).toMatchObject({ status: "refused" });
  });

  it("finds out that a commit went through whose answer was lost", async () => {
    const { admit, world } = setUp([block({})], ["lands_unheard"]);
    const result = (await admit("r1")) as Admitted;
    expect(result).toMatchObject({ status: "admitted", outputTokens: 250 });
    expect(result.hold.windows).toMatchObject([{ reserved: 1_000_000 }]);
    expect(heldOf(world)).toEqual({ [WINDOW_ID]: 1_000_000 });
  });

  it("finds out that it was a repetition which was refused", async () => {
    const { admit, world, pass } = setUp([block({})], ["lands_twice"]);
    const result = admit("r1");
    await pass(61);
    expect(await result).toMatchObject({ status: "admitted", balances: [{ held: 1_000_000 }] });
    expect(heldOf(world)).toEqual({ [WINDOW_ID]: 1_000_000 });
  });

  it("is unavailable while nobody can say whether the commit will land", async () => {
    const { admit, world, interfere } = setUp([block({})], ["lands_late"]);
    interfere(1, () => {
      world.faults.failingReads = 1;
    });
    const result = await admit("r1");
    if (result.status !== "unavailable") throw new Error("it was heard of");
    expect(result.because).toBe("store");
    await result.ended;
    expect(heldOf(world)).toEqual({ [WINDOW_ID]: 1_000_000 });
  });

  it("is unavailable when the windows cannot be read", async () => {
    const { admit, world } = setUp([block({})]);
    world.faults.failingReads = 1;
    const result = await admit("r1");
    expect(result).toMatchObject({ status: "unavailable", because: "store" });
    expect(result).toHaveProperty("ended", undefined); // Nothing is to be taken back.
  });

  it("does not let those wait for a deadline each who came before the store fell silent", async () => {
    const { admit, world, pass, reads } = setUp([block({})]);
    await admit("first");
    const before = reads();
    world.faults.failingReads = 1;
    const all = Promise.all([admit("r1"), admit("r2"), admit("r3")]);
    await pass(1);
    expect(await all).toMatchObject(Array(3).fill({ status: "unavailable", because: "store" }));
    expect(reads()).toBe(before + 1);
    expect(await admit("r4")).toMatchObject({ status: "admitted" });
  });

  it("admits a request id once, also when it comes twice at the same time", async () => {
    const { admit, pass } = setUp([block({})]);
    void admit("first");
    const twice = [admit("r1", { nonce: "a" }), admit("r1", { nonce: "b" })];
    await pass(61);
    expect(await Promise.all(twice)).toMatchObject([
      { status: "admitted" },
      { status: "taken", hold: { fields: { nonce: "a" } } },
    ]);
  });

  it("does not run a client's id that has settled", async () => {
    const { admit, world, pass } = setUp([block({})]);
    const entry = {
      kind: "create",
      doc: entryKey(idOf("r1").entryId),
      fields: { nonce: "x" },
    } as const;
    world.documents.apply([entry]);
    const result = admit("r1", { idIsTheClients: true });
    await pass(61);
    expect(await result).toMatchObject({ status: "taken", entry: { fields: { nonce: "x" } } });
    expect(heldOf(world)).toEqual({});
  });

  it("parts a batch that the store refuses, so that one bad request stops no other", async () => {
    const { admit } = setUp([block({})], ["lands", "refused", "lands", "refused"]);
    const results = await Promise.all(["first", "r1", "bad"].map((id) => admit(id)));
    expect(results.map(({ status }) => status)).toEqual(["admitted", "admitted", "unavailable"]);
  });

  it("opens a window first whose budget is younger than its period", async () => {
    const young = block({ since: SAMPLE_SINCE, limit: 1_500_000 });
    const { admit, opened, pass } = setUp([young], [], { opening: 700_000 });
    const result = admit("r1");
    await pass(61);
    await pass(3_000);
    expect(await result).toMatchObject({ status: "refused", balance: { spent: 700_000, held: 0 } });
    expect(opened).toEqual([WINDOW_ID]);
  });

  it("is unavailable while an opening takes too long", async () => {
    const { admit, pass } = setUp([block({ since: SAMPLE_SINCE })], [], { opening: "never" });
    const result = admit("r1");
    await pass(2_000);
    expect(await result).toMatchObject({ status: "unavailable", because: "opening" });
  });

  it("refuses nobody else while an opening takes too long", async () => {
    const { admit, pass } = setUp([block({ since: SAMPLE_SINCE })], [], { opening: "never" });
    const heavy = admit("r1");
    await pass(1_000);
    const other = admit("r2", { budgets: [block({})] });
    await pass(1_000);
    expect(await heavy).toMatchObject({ because: "opening" });
    await pass(61);
    expect(await other).toMatchObject({ status: "admitted" });
  });

  it("lets nobody wait for a deadline each while commits hang, be reads answered", async () => {
    const { admit, pass, hang, commits } = setUp([block({})]);
    await admit("first");
    hang();
    const all = Promise.all(["r1", "r2", "r3"].map((id) => admit(id)));
    await pass(1);
    expect(await all).toMatchObject(Array(3).fill({ status: "unavailable", because: "store" }));
    expect(commits()).toBe(2);
  });

  it("lets nobody queue and be tried for more than 20 s", async () => {
    const { admit, pass, interfere, slow, world } = setUp([block({})]);
    interfere(Number.POSITIVE_INFINITY, () => holdElsewhere(world, 1));
    slow(1_500);
    const result = admit("r1");
    for (let passed = 0; passed < 20; passed += 1) await pass(61);
    expect(await result).toMatchObject({ status: "unavailable", because: "contention" });
    expect(world.clock.nowMs() - world.startedMs).toBeLessThan(24_000);
  });
});

function block(more: Partial<Budget>): Budget {
  return sampleBudget({ enforcement: "block", limit: 5_000_000, since: SINCE, ...more });
}

function setUp(
  budgets: readonly Budget[],
  fates: readonly Fate[] = [],
  { opening = 0 as number | "never" } = {},
) {
  const world = smallStore();
  world.fates.push(...fates);
  const opened: string[] = [];
  let committed = 0;
  let read = 0;
  let interferences = 0;
  let interference = () => {};
  let isHanging = false;
  let slowMs = 0;
  const startedMs = world.clock.nowMs();
  const store: LedgerStore = {
    ...world.store,
    read: async (docs, deadlineMs) => {
      read += 1;
      const found = await world.store.read(docs, deadlineMs).catch((cause) => {
        world.clock.advance(2_000);
        throw cause;
      });
      return found;
    },
    commit: async (writes, deadlineMs) => {
      committed += 1;
      interferences -= 1;
      if (interferences >= 0) interference();
      world.clock.advance(slowMs);
      if (isHanging) {
        world.clock.advance(deadlineMs);
        return { status: "unclear", cause: new Error("no answer"), ended: Promise.resolve() };
      }
      return world.store.commit(writes, deadlineMs);
    },
  };
  const admitter = new Admitter({
    store,
    clock: world.clock,
    random: () => 0.5,
    deadlineMs: 2_000,
    waitMs: 2_000,
    mostWaitMs: 5_000,
    open: async (budget, { windowId }) => {
      opened.push(windowId);
      if (opening === "never") return new Promise(() => {});
      const set = { period: "2026-11", openingSince: budget.since };
      world.documents.apply([
        { kind: "add", doc: windowKey(windowId), set, add: { spent: opening } },
      ]);
    },
  });
  return {
    world: { ...world, startedMs },
    opened,
    hang: () => {
      isHanging = true;
    },
    slow: (ms: number) => {
      slowMs = ms;
    },
    commits: () => committed,
    reads: () => read,
    /** Before each of the next commits something happens elsewhere. */
    interfere: (times: number, what: () => void) => {
      interferences = times;
      interference = what;
    },
    admit: (requestId: string, more: Partial<SampleAdmission> = {}) =>
      admitter.admit(requestOf(requestId, budgets, more)),
    pass: async (ms: number) => {
      await settled();
      world.clock.advance(ms);
      await settled();
    },
  };
}

function requestOf(requestId: string, budgets: readonly Budget[], more: Partial<SampleAdmission>) {
  const startedAtMs = Date.parse("2026-11-22T14:00:00Z");
  return sampleAdmission({ requestId, nonce: `nonce-${requestId}`, startedAtMs, budgets, ...more });
}

function idOf(requestId: string) {
  return requestOf(requestId, [], {}).identity;
}

type World = ReturnType<typeof smallStore>;

function heldOf(world: World): Record<string, unknown> {
  const windows = world.documents.list("budget_windows");
  return Object.fromEntries(windows.map(({ id, snapshot }) => [id, snapshot.fields.held]));
}

function holdElsewhere(world: World, held: number): void {
  world.documents.apply([{ kind: "add", doc: windowKey(WINDOW_ID), set: {}, add: { held } }]);
}

async function giveBack(world: World, requestId: string): Promise<void> {
  const doc = holdKey(idOf(requestId).holdId);
  const add = { held: -1_000_000 };
  world.documents.apply([
    { kind: "delete", doc },
    { kind: "add", doc: windowKey(WINDOW_ID), set: {}, add },
  ]);
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
