import { Firestore } from "@google-cloud/firestore";
import { afterAll, describe, expect, it } from "@jest/globals";
import { type FaultyLink, faultyLink } from "../../../test/faults/harness/faulty-link.ts";
import type { Write } from "../ledger/plan.ts";
import { firestoreBudgets } from "./budget-store.ts";
import { StoreTimeoutError } from "./deadline.ts";
import { KEEPALIVE } from "./keepalive.ts";
import { firestoreLedger } from "./ledger-store.ts";
import { bothClients } from "./testing/clients.ts";
import { emulatorDatabase } from "./testing/emulator.ts";
import { wireClient } from "./wire/wire-commit.ts";

const PROJECT = `demo-deadline-${process.pid}`;
const ADDRESS = { projectId: PROJECT, databaseId: "(default)" };
const DEADLINE_MS = 300;
/** KEEPALIVE, for a test that does not wait 40 s. */
const SOON: typeof KEEPALIVE = { "grpc.keepalive_time_ms": 300, "grpc.keepalive_timeout_ms": 300 };
const CLIENTS = ["sdk", "wire"] as const;
const direct = emulatorDatabase("deadline");
const closing: (() => Promise<unknown>)[] = [() => direct.terminate()];
let ids = 0;

afterAll(() => Promise.all(closing.map((close) => close())));

describe("a store that hangs", () => {
  it.each(CLIENTS)("leaves a commit by the %s client unclear in time", async (name) => {
    const { clients } = await hung();
    const began = performance.now();
    expect(await clients[name]([create(freshId())], DEADLINE_MS)).toMatchObject({
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

describe("a connection that has died without anybody being told", () => {
  it("is left by reads once it answers no ping", async () => {
    const { db, link } = await linked(SOON);
    const doc = { collection: "usage_holds" as const, id: "x" };
    const read = () => firestoreLedger(db, 16).read([doc], DEADLINE_MS);
    await read();
    link.strand();
    await expect(read()).rejects.toBeInstanceOf(StoreTimeoutError);
    await until(() =>
      read().then(
        () => true,
        () => false,
      ),
    );
  });

  it("is left by commits once they miss a deadline", async () => {
    const { clients, link } = await linked();
    await clients.wire([create(freshId())], 10_000);
    link.strand();
    expect((await clients.wire([create(freshId())], 1_100)).status).toBe("unclear");
    expect((await clients.wire([create(freshId())], 10_000)).status).toBe("done");
  });
});

describe.each(CLIENTS)("a commit by the %s client whose answer is late", (name) => {
  it("has ended only when it can no longer land: then it is there", async () => {
    const { clients, link } = await linked();
    await clients[name]([create(freshId())], 10_000);
    link.swallow("answers");
    const id = freshId();
    const outcome = await clients[name]([create(id)], DEADLINE_MS);
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

  it("is applied once although it is repeated when the connection breaks behind it", async () => {
    const { clients, link } = await linked();
    for (let n = 0; n < 5; n += 1) {
      await clients[name]([create(freshId())], 10_000);
      const id = freshId();
      link.swallow("answers");
      const committing = clients[name]([create(id), addTo(`sum-${id}`)], 20_000);
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
  const { link, ...store } = await linked();
  link.swallow("answers");
  return store;
}

async function linked(keepalive = KEEPALIVE) {
  const link: FaultyLink = await faultyLink(process.env.FIRESTORE_EMULATOR_HOST ?? "");
  const db = databaseAt(link.address, keepalive);
  const clients = bothClients(db, PROJECT, link.address);
  closing.push(async () => {
    await link.pass();
    await Promise.all([db.terminate(), clients.close()]);
    await link.close();
  });
  return { db, clients, link };
}

/** The emulator's variable would win over an address of one's own. */
function databaseAt(address: string, keepalive: typeof KEEPALIVE): Firestore {
  const before = process.env.FIRESTORE_EMULATOR_HOST;
  process.env.FIRESTORE_EMULATOR_HOST = address;
  const db = new Firestore({ projectId: PROJECT, ...keepalive });
  process.env.FIRESTORE_EMULATOR_HOST = before;
  return db;
}

describe("the wire client", () => {
  it("gets through when the connection was closed while nobody used it", async () => {
    const { clients, link } = await linked();
    for (let n = 0; n < 10; n += 1) {
      expect(await clients.wire([create(freshId())], 2_000)).toMatchObject({ status: "done" });
      link.cut();
    }
  });

  it("leaves a commit unclear, and surely ended, when nobody listens", async () => {
    const { link } = await linked();
    await link.close();
    const client = wireClient({ ...ADDRESS, emulatorHost: link.address }, DEADLINE_MS);
    closing.push(client.close);
    const began = performance.now();
    const outcome = await client.commit([create(freshId())], DEADLINE_MS);
    expect(performance.now() - began).toBeLessThan(5 * DEADLINE_MS);
    expect(outcome).toMatchObject({ status: "unclear" });
    await (outcome.status === "unclear" && outcome.ended);
  });

  it("commits to the database that it is given", async () => {
    const emulatorHost = process.env.FIRESTORE_EMULATOR_HOST;
    const client = wireClient({ ...ADDRESS, databaseId: "other", emulatorHost });
    closing.push(client.close);
    const id = freshId();
    expect(await client.commit([create(id)], 10_000)).toMatchObject({ status: "done" });
    const other = new Firestore({ projectId: PROJECT, databaseId: "other" });
    closing.push(() => other.terminate());
    expect((await other.doc(`usage_outbox/${id}`).get()).exists).toBe(true);
    expect((await stored(id)).exists).toBe(false);
  });
});

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
