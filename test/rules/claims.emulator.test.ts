import { assertFails, type RulesTestEnvironment } from "@firebase/rules-unit-testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  collection,
  doc,
  type Firestore,
  getDoc,
  getDocs,
  increment,
  runTransaction,
  serverTimestamp,
  setDoc,
  writeBatch,
} from "firebase/firestore";
import { firestoreOf, firestoreWithToken } from "./people.ts";
import { asBackend, startRules } from "./rules-environment.ts";

const MONTH = "usage_monthly/owner_2026-11";

let environment: RulesTestEnvironment;
let owner: Firestore;
let admin: Firestore;

beforeAll(async () => {
  environment = await startRules("demo-tollgate-rules-claims", {
    [MONTH]: { userId: "owner", totals: { costNanoUsd: 204_000 } },
    "usage_totals/0": { calls: 1 },
  });
  owner = firestoreOf(environment, "owner");
  admin = firestoreOf(environment, "admin");
});

afterAll(() => environment.cleanup());

describe("the claim admin", () => {
  it("opens everybody's sums when it is the boolean true", async () => {
    const db = firestoreWithToken(environment, "boss", { admin: true });
    expect((await getDocs(collection(db, "usage_totals"))).size).toBe(1);
  });

  it.each([
    ["the string true", { admin: "true" }],
    ["the number 1", { admin: 1 }],
    ["a list", { admin: [true] }],
    ["a map", { admin: { true: true } }],
    ["null", { admin: null }],
    ["false", { admin: false }],
    ["spelt otherwise", { Admin: true, isAdmin: true, role: "admin" }],
    ["nested", { claims: { admin: true } }],
    ["claimed by a service", { service: true }],
  ])("opens nothing when it is %s", async (_, claims) => {
    const db = firestoreWithToken(environment, "boss", claims);
    await assertFails(getDocs(collection(db, "usage_totals")));
    await assertFails(getDoc(doc(db, MONTH)));
  });

  it("is read from the token, not from the user id", async () => {
    const db = firestoreWithToken(environment, "admin", {});
    await assertFails(getDocs(collection(db, "usage_totals")));
  });
});

describe("writes that hide among others", () => {
  it("are refused in a transaction that may read what it changes", async () => {
    const raise = runTransaction(owner, async (transaction) => {
      const month = await transaction.get(doc(owner, MONTH));
      transaction.update(month.ref, { "totals.costNanoUsd": 0 });
    });
    await assertFails(raise);
  });

  it("are refused in an admin's batch of transforms", async () => {
    const batch = writeBatch(admin);
    batch.set(doc(admin, MONTH), { totals: { costNanoUsd: increment(-1) } }, { merge: true });
    batch.set(doc(admin, "budget_alerts/a"), { acknowledgedAt: serverTimestamp() });
    await assertFails(batch.commit());
  });

  it("are refused as a merge that would change nothing", async () => {
    await assertFails(setDoc(doc(owner, MONTH), {}, { merge: true }));
  });

  it("have left nothing behind", async () => {
    const found = await asBackend(environment, (db) => getDoc(doc(db, MONTH)));
    expect(found.data()).toEqual({ userId: "owner", totals: { costNanoUsd: 204_000 } });
    const alert = await asBackend(environment, (db) => getDoc(doc(db, "budget_alerts/a")));
    expect(alert.exists()).toBe(false);
  });
});
