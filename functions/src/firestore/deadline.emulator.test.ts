import { Firestore } from "@google-cloud/firestore";
import { afterAll, describe, expect, it } from "@jest/globals";
import { type FaultyLink, faultyLink } from "../../../test/faults/harness/faulty-link.ts";
import type { Write } from "../ledger/plan.ts";
import { firestoreBudgets } from "./budget-store.ts";
import { applyPlan } from "./commit.ts";
import { StoreTimeoutError } from "./deadline.ts";
import { firestoreLedger } from "./ledger-store.ts";
import { emulatorDatabase } from "./testing/emulator.ts";

const PROJECT = `demo-deadline-${process.pid}`;
const DEADLINE_MS = 300;
const direct = emulatorDatabase("deadline");
const closing: (() => Promise<unknown>)[] = [() => direct.terminate()];
let ids = 0;

afterAll(() => Promise.all(closing.map((close) => close())));

describe("a store that hangs", () => {
  it("leaves a commit unclear in time", async () => {
    const { db } = await hung();
    const began = performance.now();
    expect(await applyPlan(db, [create(freshId())], DEADLINE_MS)).toMatchObject({
      status: "unclear",
      cause: expect.any(StoreTimeoutError),
    });
    expect(performance.now() - began).toBeLessThan(5 * DEADLINE_MS);
  });

  it("fails a read in time", async () => {
    const { db } = await hung();
    const doc = { collection: "usage_holds" as const, id: "x" };
    await expect(firestoreLedger(db, 16).read([doc], DEADLINE_MS)).rejects.toBeInstanceOf(
      StoreTimeoutError,
    );
    await expect(
      firestoreLedger(db, 16).readMaps([doc], ["byModel"], DEADLINE_MS),
    ).rejects.toBeInstanceOf(StoreTimeoutError);
  });

  it("is unavailable to who asks for budgets, and says when to come again", async () => {
    const { db } = await hung();
    const budgets = firestoreBudgets(db, DEADLINE_MS);
    const unavailable = { reason: "STORE_UNAVAILABLE", facts: { retryAfterSeconds: 5 } };
    await expect(budgets.listActive()).rejects.toMatchObject(unavailable);
    await expect(budgets.windows(["w"])).rejects.toMatchObject(unavailable);
    await expect(budgets.change("b", () => undefined)).rejects.toMatchObject(unavailable);
  });
});

describe("a commit whose answer is late", () => {
  it("has ended only when it can no longer land: then it is there", async () => {
    const { db, link } = await linked();
    await db.doc("warm/up").get();
    link.swallow("answers");
    const id = freshId();
    const outcome = await applyPlan(db, [create(id)], DEADLINE_MS);
    expect(outcome.status).toBe("unclear");
    let hasEnded = false;
    const ended = outcome.status === "unclear" ? outcome.ended : Promise.reject(outcome);
    void ended.then(() => {
      hasEnded = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(hasEnded).toBe(false);
    await link.pass();
    await ended;
    expect((await stored(id)).exists).toBe(true);
  });

  it("is applied once although the SDK repeats it when the connection breaks behind it", async () => {
    const { db, link } = await linked();
    for (let n = 0; n < 5; n += 1) {
      await db.doc("warm/up").get();
      const id = freshId();
      link.swallow("answers");
      const committing = applyPlan(db, [create(id), addTo(`sum-${id}`)], 20_000);
      await until(async () => (await stored(id)).exists);
      link.cut();
      await link.pass();
      const outcome = await committing;
      const what = outcome.status === "refused" ? outcome.why : outcome.status;
      expect(["exists", "unclear"]).toContain(what);
      const sum = await direct.doc(`usage_totals/sum-${id}`).get();
      expect(sum.data()).toEqual({ calls: 1 });
    }
  }, 60_000);
});

/** Takes connections and requests, and answers nothing until the end of the tests. */
async function hung() {
  const { db, link } = await linked();
  link.swallow("answers");
  return { db };
}

async function linked(): Promise<{ db: Firestore; link: FaultyLink }> {
  const link = await faultyLink(process.env.FIRESTORE_EMULATOR_HOST ?? "");
  const db = databaseAt(link.address);
  closing.push(async () => {
    await link.pass();
    await db.terminate();
    await link.close();
  });
  return { db, link };
}

/** The emulator's variable would win over an address of one's own. */
function databaseAt(address: string): Firestore {
  const before = process.env.FIRESTORE_EMULATOR_HOST;
  process.env.FIRESTORE_EMULATOR_HOST = address;
  const db = new Firestore({ projectId: PROJECT });
  process.env.FIRESTORE_EMULATOR_HOST = before;
  return db;
}

/** @throws Error after 5 s */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not happen within 5 s");
}

function stored(id: string) {
  return direct.doc(`usage_outbox/${id}`).get();
}

function create(id: string): Write {
  return { kind: "create", doc: { collection: "usage_outbox", id }, fields: { n: 1 } };
}

function addTo(id: string): Write {
  return { kind: "add", doc: { collection: "usage_totals", id }, set: {}, add: { calls: 1 } };
}

function freshId(): string {
  ids += 1;
  return `late-${ids}`;
}
