import { afterAll, describe, expect, it } from "@jest/globals";
import type { CommitOutcome, Counters, DocumentKey, Fields, Write } from "../ledger/plan.ts";
import { refOf, snapshotOf, timestampOf, versionOf } from "./documents.ts";
import { bothClients } from "./testing/clients.ts";
import { emulatorDatabase, emulatorProject } from "./testing/emulator.ts";

const db = emulatorDatabase("commit");
const clients = bothClients(db, emulatorProject("commit"));
const DEADLINE_MS = 10_000;
let ids = 0;

afterAll(() => Promise.all([db.terminate(), clients.close()]));

describe.each(["sdk", "wire"] as const)("by the %s client", (name) => {
  describe("a plan", () => {
    it("lands whole, and says at which version each write stands", async () => {
      const [entry, hold] = [freshDoc("usage_tracking"), freshDoc("usage_holds")];
      const outcome = await apply([create(entry, { n: 1 }), create(hold, { n: 2 })]);
      expect(outcome).toEqual({
        status: "done",
        versions: [(await read(entry))?.version, (await read(hold))?.version],
      });
    });

    it("lands not at all when one of its preconditions fails", async () => {
      const [first, taken] = [freshDoc("usage_tracking"), freshDoc("usage_tracking")];
      await apply([create(taken, { n: 1 })]);
      expect(await apply([create(first, { n: 2 }), create(taken, { n: 2 })])).toMatchObject({
        status: "refused",
        why: "exists",
      });
      expect(await read(first)).toBeUndefined();
    });

    it("is refused as invalid when it holds what Firestore does not take", async () => {
      for (const bad of [{ a: undefined }, { a: { __x__: 1 } }, { a: [[1]] }]) {
        expect(await apply([create(freshDoc("usage_tracking"), bad)])).toMatchObject({
          status: "refused",
          why: "invalid",
        });
      }
    });
  });

  describe("each precondition", () => {
    it("create: exists", async () => {
      const doc = freshDoc("usage_tracking");
      expect(await why([create(doc, { n: 1 })])).toBe("done");
      expect(await why([create(doc, { n: 1 })])).toBe("exists");
    });

    it("absent: exists, and writes nothing", async () => {
      const doc = freshDoc("usage_tracking");
      const beside = () => create(freshDoc("usage_holds"), {});
      expect(await why([beside(), { kind: "absent", doc }])).toBe("done");
      expect(await read(doc)).toBeUndefined();
      await apply([create(doc, { n: 1 })]);
      expect(await why([beside(), { kind: "absent", doc }])).toBe("exists");
      expect((await read(doc))?.fields).toEqual({ n: 1 });
    });

    it("delete: missing, so that a second delivery changes nothing", async () => {
      const doc = freshDoc("usage_outbox");
      const total = freshDoc("usage_totals");
      await apply([create(doc, {})]);
      const plan: Write[] = [{ kind: "delete", doc }, add(total, { calls: 1 })];
      expect(await why(plan)).toBe("done");
      expect(await why(plan)).toBe("missing");
      expect((await read(total))?.fields).toEqual({ calls: 1 });
    });

    it("delete at a version: stale when it has changed, and when it is gone", async () => {
      const doc = freshDoc("usage_holds");
      const version = await versionAfter([create(doc, { n: 1 })]);
      await refOf(db, doc).update({ n: 2 });
      expect(await why([{ kind: "delete", doc, version }])).toBe("stale");
      const now = (await read(doc))?.version ?? "";
      expect(await why([{ kind: "delete", doc, version: now }])).toBe("done");
      expect(await why([{ kind: "delete", doc, version: now }])).toBe("stale");
    });

    it("update: stale, and only one of many at once gets through", async () => {
      const doc = freshDoc("budgets");
      const version = await versionAfter([create(doc, { n: 0, kept: true })]);
      const update = (n: number): Write => ({ kind: "update", doc, version, fields: { n } });
      const outcomes = await Promise.all([1, 2, 3, 4, 5].map((n) => why([update(n)])));
      expect(outcomes.sort()).toEqual(["done", "stale", "stale", "stale", "stale"]);
      expect((await read(doc))?.fields).toMatchObject({ kept: true });
      expect(await why([{ ...update(9), doc: freshDoc("budgets") } as Write])).toBe("stale");
    });
  });

  describe("an addition", () => {
    it("increments at any depth, also under keys that hold dots, slashes and tildes", async () => {
      const doc = freshDoc("usage_monthly");
      const key = "openai/gpt-4.1";
      const counters = {
        totals: { calls: 1 },
        byModel: { [key]: { calls: 1, costNanoUsd: 7 }, "~other": { calls: 2 } },
      };
      for (let n = 0; n < 3; n += 1) await guarded(add(doc, counters));
      expect((await read(doc))?.fields).toEqual({
        totals: { calls: 3 },
        byModel: { [key]: { calls: 3, costNanoUsd: 21 }, "~other": { calls: 6 } },
      });
    });

    it("keeps what it does not name", async () => {
      const doc = freshDoc("usage_monthly");
      await guarded(add(doc, { byAgent: { a: { calls: 1 } } }, { userId: "alice" }));
      await guarded(add(doc, { byAgent: { b: { calls: 1 } } }, { month: "2026-11" }));
      expect((await read(doc))?.fields).toEqual({
        userId: "alice",
        month: "2026-11",
        byAgent: { a: { calls: 1 }, b: { calls: 1 } },
      });
    });

    it("lowers and raises extremes, from nothing too", async () => {
      const doc = freshDoc("usage_sessions");
      for (const atMs of [50, 20, 90, 60]) {
        await guarded({
          ...add(doc, {}),
          min: { firstAtMs: atMs },
          max: { lastAtMs: atMs },
        } as Write);
      }
      expect((await read(doc))?.fields).toEqual({ firstAtMs: 20, lastAtMs: 90 });
    });

    it("subtracts, and stays an integer where floats would not", async () => {
      const doc = freshDoc("usage_totals");
      await guarded(add(doc, { n: Number.MAX_SAFE_INTEGER }));
      await guarded(add(doc, { n: -Number.MAX_SAFE_INTEGER }));
      await guarded(add(doc, { n: 3 }));
      expect((await read(doc))?.fields).toEqual({ n: 3 });
    });

    it("is refused beyond 500 transforms of one document, which the emulator would let pass", async () => {
      const many = (n: number): Counters =>
        Object.fromEntries(Array.from({ length: n }, (_, key) => [`k${key}`, 1]));
      expect(await why([add(freshDoc("usage_daily"), many(500))])).toBe("done");
      expect(await why([add(freshDoc("usage_daily"), many(501))])).toBe("invalid");
      const extremes = { ...add(freshDoc("usage_daily"), many(499)), min: { a: 1 }, max: { b: 1 } };
      expect(await why([extremes as Write])).toBe("invalid");
    });

    it("loses none of 200 that come at once", async () => {
      const doc = freshDoc("usage_totals");
      await Promise.all(Array.from({ length: 200 }, () => guarded(add(doc, { calls: 1 }))));
      expect((await read(doc))?.fields).toEqual({ calls: 200 });
    });
  });

  describe("a version", () => {
    it("keeps the nanoseconds, with all their zeros", () => {
      for (const version of ["1795470842.595731", "1795470842.5", "1795470842.0", "0.999999999"]) {
        expect(versionOf(timestampOf(version))).toBe(version);
      }
    });

    it("is that of the document when it is read again", async () => {
      const doc = freshDoc("usage_holds");
      const version = await versionAfter([create(doc, {})]);
      expect((await read(doc))?.version).toBe(version);
    });
  });

  function apply(writes: readonly Write[]): Promise<CommitOutcome> {
    return clients[name](writes, DEADLINE_MS);
  }

  async function why(writes: readonly Write[]): Promise<string> {
    const outcome = await apply(writes);
    return outcome.status === "refused" ? outcome.why : outcome.status;
  }

  async function versionAfter(writes: readonly Write[]): Promise<string> {
    const outcome = await apply(writes);
    return outcome.status === "done" ? (outcome.versions[0] ?? "") : "";
  }

  /** Additions stand beside a guarded write. */
  async function guarded(write: Write): Promise<void> {
    expect(await why([create(freshDoc("usage_outbox"), {}), write])).toBe("done");
  }
});

async function read(doc: DocumentKey) {
  return snapshotOf(await refOf(db, doc).get());
}

function create(doc: DocumentKey, fields: Fields): Write {
  return { kind: "create", doc, fields };
}

function add(doc: DocumentKey, counters: Counters, set: Fields = {}): Write {
  return { kind: "add", doc, set, add: counters };
}

function freshDoc(collection: DocumentKey["collection"]): DocumentKey {
  ids += 1;
  return { collection, id: `doc-${ids}` };
}
