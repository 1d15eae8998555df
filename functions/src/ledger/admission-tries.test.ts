import { describe, expect, it } from "@jest/globals";
import { SAMPLE_SINCE } from "../budgets/testing/sample-budget.ts";
import type { Admitted } from "./admission.ts";
import {
  block,
  heldOf,
  holdElsewhere,
  setUpAdmitter,
  WINDOW_ID,
} from "./testing/admitter-world.ts";

describe("AdmissionTries", () => {
  it("gives up after 20 tries, which is no failure of the store", async () => {
    const { admit, world, pass, interfere, commits } = setUpAdmitter([block({})]);
    interfere(Number.POSITIVE_INFINITY, () => holdElsewhere(world, 1));
    const result = admit("r1");
    for (let tries = 0; tries < 20; tries += 1) await pass(61);
    expect(await result).toMatchObject({ status: "unavailable", because: "contention" });
    expect(commits()).toBe(20);
  });

  it("finds out that a commit went through whose answer was lost", async () => {
    const { admit, world } = setUpAdmitter([block({})], ["lands_unheard"]);
    const result = (await admit("r1")) as Admitted;
    expect(result).toMatchObject({ status: "admitted", outputTokens: 250 });
    expect(result.hold.windows).toMatchObject([{ reserved: 1_000_000 }]);
    expect(heldOf(world)).toEqual({ [WINDOW_ID]: 1_000_000 });
  });

  it("finds out that it was a repetition which was refused", async () => {
    const { admit, world, pass } = setUpAdmitter([block({})], ["lands_twice"]);
    const result = admit("r1");
    await pass(61);
    expect(await result).toMatchObject({ status: "admitted", balances: [{ held: 1_000_000 }] });
    expect(heldOf(world)).toEqual({ [WINDOW_ID]: 1_000_000 });
  });

  it("is unavailable while nobody can say whether the commit will land", async () => {
    const { admit, world, interfere } = setUpAdmitter([block({})], ["lands_late"]);
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
    const { admit, world } = setUpAdmitter([block({})]);
    world.faults.failingReads = 1;
    const result = await admit("r1");
    expect(result).toMatchObject({ status: "unavailable", because: "store" });
    expect(result).toHaveProperty("ended", undefined); // Nothing is to be taken back.
  });

  it("does not let those wait for a deadline each who came before the store fell silent", async () => {
    const { admit, world, pass, reads } = setUpAdmitter([block({})]);
    await admit("first");
    const before = reads();
    world.faults.failingReads = 1;
    const all = Promise.all([admit("r1"), admit("r2"), admit("r3")]);
    await pass(1);
    expect(await all).toMatchObject(Array(3).fill({ status: "unavailable", because: "store" }));
    expect(reads()).toBe(before + 1);
    expect(await admit("r4")).toMatchObject({ status: "admitted" });
  });

  it("parts a batch that the store refuses, so that one bad request stops no other", async () => {
    const { admit } = setUpAdmitter([block({})], ["lands", "refused", "lands", "refused"]);
    const results = await Promise.all(["first", "r1", "bad"].map((id) => admit(id)));
    expect(results.map(({ status }) => status)).toEqual(["admitted", "admitted", "unavailable"]);
  });

  it("opens a window first whose budget is younger than its period", async () => {
    const young = block({ since: SAMPLE_SINCE, limit: 1_500_000 });
    const { admit, opened, pass } = setUpAdmitter([young], [], { opening: 700_000 });
    const result = admit("r1");
    await pass(61);
    await pass(3_000);
    expect(await result).toMatchObject({ status: "refused", balance: { spent: 700_000, held: 0 } });
    expect(opened).toEqual([WINDOW_ID]);
  });

  it("is unavailable while an opening takes too long", async () => {
    const { admit, pass } = setUpAdmitter([block({ since: SAMPLE_SINCE })], [], {
      opening: "never",
    });
    const result = admit("r1");
    await pass(2_000);
    expect(await result).toMatchObject({ status: "unavailable", because: "opening" });
  });

  it("refuses nobody else while an opening takes too long", async () => {
    const { admit, pass } = setUpAdmitter([block({ since: SAMPLE_SINCE })], [], {
      opening: "never",
    });
    const heavy = admit("r1");
    await pass(1_000);
    const other = admit("r2", { budgets: [block({})] });
    await pass(1_000);
    expect(await heavy).toMatchObject({ because: "opening" });
    await pass(61);
    expect(await other).toMatchObject({ status: "admitted" });
  });

  it("lets nobody wait for a deadline each while commits hang, be reads answered", async () => {
    const { admit, pass, hang, commits } = setUpAdmitter([block({})]);
    await admit("first");
    hang();
    const all = Promise.all(["r1", "r2", "r3"].map((id) => admit(id)));
    await pass(1);
    expect(await all).toMatchObject(Array(3).fill({ status: "unavailable", because: "store" }));
    expect(commits()).toBe(2);
  });

  it("lets nobody queue and be tried for more than 20 s", async () => {
    const { admit, pass, interfere, slow, world } = setUpAdmitter([block({})]);
    interfere(Number.POSITIVE_INFINITY, () => holdElsewhere(world, 1));
    slow(1_500);
    const result = admit("r1");
    for (let passed = 0; passed < 20; passed += 1) await pass(61);
    expect(await result).toMatchObject({ status: "unavailable", because: "contention" });
    expect(world.clock.nowMs() - world.startedMs).toBeLessThan(24_000);
  });
});
