import { describe, expect, it } from "@jest/globals";
import { entryKey, holdKey } from "./hold.ts";
import {
  block,
  giveBack,
  heldOf,
  holdElsewhere,
  idOf,
  setUpAdmitter,
  WINDOW_ID,
} from "./testing/admitter-world.ts";

describe("Admitter", () => {
  it("takes from all windows and writes the hold, in one commit", async () => {
    const { admit, world, commits } = setUpAdmitter([
      block({}),
      block({ unit: "requests", limit: 3 }),
    ]);
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
    const { admit, world } = setUpAdmitter([block({}), block({ unit: "tokens", limit: 249 })]);
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
    const { admit, commits, world } = setUpAdmitter([block({})]);
    const results = await Promise.all(["r1", "r2", "r3", "r4", "r5"].map((id) => admit(id)));
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill("admitted"));
    expect(commits()).toBe(2);
    expect(heldOf(world)).toEqual({ [WINDOW_ID]: 5_000_000 });
  });

  it("tries again when another was quicker, and counts what that one took", async () => {
    const { admit, world, pass, interfere } = setUpAdmitter([block({ limit: 1_500_000 })]);
    interfere(1, () => holdElsewhere(world, 600_000));
    const result = admit("r1");
    await pass(100);
    await pass(3_000);
    expect(await result).toMatchObject({ status: "refused", balance: { held: 600_000 } });
  });

  it("waits for settles to make room", async () => {
    const { admit, world, pass } = setUpAdmitter([block({ limit: 1_500_000 })]);
    await admit("r1");
    const waiting = admit("r2");
    await pass(500);
    await giveBack(world, "r1");
    await pass(500);
    expect(await waiting).toMatchObject({ status: "admitted" });
  });

  it("waits for 2 s at most, and then says what it has found", async () => {
    const { admit, pass } = setUpAdmitter([block({ limit: 1_500_000 })]);
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
    const { admit, world, pass } = setUpAdmitter([block({ limit: 1_500_000 })]);
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
    const { admit, world, pass, reads } = setUpAdmitter([block({ limit: 1_500_000 })]);
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

  it("admits a request id once, also when it comes twice at the same time", async () => {
    const { admit, pass } = setUpAdmitter([block({})]);
    void admit("first");
    const twice = [admit("r1", { nonce: "a" }), admit("r1", { nonce: "b" })];
    await pass(61);
    expect(await Promise.all(twice)).toMatchObject([
      { status: "admitted" },
      { status: "taken", hold: { fields: { nonce: "a" } } },
    ]);
  });

  it("does not run a client's id that has settled", async () => {
    const { admit, world, pass } = setUpAdmitter([block({})]);
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
});
