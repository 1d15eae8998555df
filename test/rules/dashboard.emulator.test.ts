import { assertFails, type RulesTestEnvironment } from "@firebase/rules-unit-testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  and,
  average,
  collection,
  collectionGroup,
  doc,
  type Firestore,
  getAggregateFromServer,
  getCountFromServer,
  getDocs,
  limit,
  or,
  orderBy,
  type Query,
  query,
  startAfter,
  sum,
  Timestamp,
  where,
} from "firebase/firestore";
import { listenToDocument, listenToQuery } from "./confirmed.ts";
import { firestoreOf, firestoreWithToken } from "./people.ts";
import { type Seed, startRules } from "./rules-environment.ts";

const ODD_UID = "o'neil_1%/火";

const SEED: Seed = {
  ...entriesOf("owner", 12),
  ...entriesOf("other", 3),
  ...entriesOf(ODD_UID, 1),
  "usage_tracking/erased-1": { userId: "erased:4f7c", settledAt: at(1) },
  "usage_tracking/nobody-1": { settledAt: at(1) },
  "budget_alerts/open": { userId: "owner", acknowledgedAt: null, createdAt: at(2) },
  "budget_alerts/seen": { userId: "owner", acknowledgedAt: at(3), createdAt: at(1) },
  "budget_alerts/others": { userId: "other", acknowledgedAt: null, createdAt: at(2) },
  "budget_alerts/project": {
    scope: "project",
    userId: null,
    acknowledgedAt: null,
    createdAt: at(2),
  },
  "budget_alerts/no-user": { acknowledgedAt: null, createdAt: at(2) },
  ...budget("user", "owner", "usd:month", "owner"),
  ...budget("session", "owner_s-1", "usd:lifetime", "owner"),
  ...budget("user", "other", "usd:month", "other"),
  ...budget("user", "*", "usd:month", null),
  ...budget("department", "owner", "usd:month", null),
  ...budget("department", "*", "usd:month", null),
};

function entriesOf(uid: string, count: number): Seed {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return Object.fromEntries(
    numbers.map((n) => [
      `usage_tracking/${encodeURIComponent(uid)}-${n}`,
      { userId: uid, settledAt: at(n), costNanoUsd: 17_000 },
    ]),
  );
}

function budget(scope: string, scopeId: string, rest: string, userId: string | null): Seed {
  return { [`budgets/${scope}:${scopeId}:${rest}`]: { scope, scopeId, userId } };
}

function at(second: number): Timestamp {
  return Timestamp.fromMillis(Date.UTC(2026, 10, 22, 14, 3, second));
}

let environment: RulesTestEnvironment;
let anonymous: Firestore;
let owner: Firestore;
let admin: Firestore;
let oddlyNamed: Firestore;

beforeAll(async () => {
  environment = await startRules("demo-tollgate-rules-dashboard", SEED);
  anonymous = firestoreOf(environment, "anonymous");
  owner = firestoreOf(environment, "owner");
  admin = firestoreOf(environment, "admin");
  oddlyNamed = firestoreWithToken(environment, ODD_UID, {});
});

afterAll(() => environment.cleanup());

function idsOf({ docs }: { docs: { id: string }[] }): string[] {
  return docs.map(({ id }) => id);
}

function newestEntries(db: Firestore, uid: string): Query {
  return query(
    collection(db, "usage_tracking"),
    where("userId", "==", uid),
    orderBy("settledAt", "desc"),
    limit(10),
  );
}

function openAlerts(db: Firestore, uid: string): Query {
  return query(
    collection(db, "budget_alerts"),
    where("userId", "==", uid),
    where("acknowledgedAt", "==", null),
    orderBy("createdAt", "desc"),
    limit(50),
  );
}

function budgets(db: Firestore, filters: Record<string, string | null>): Query {
  const wheres = Object.entries(filters).map(([field, value]) => where(field, "==", value));
  return query(collection(db, "budgets"), ...wheres);
}

describe("own entries", () => {
  it("come newest first, ten at a time", async () => {
    const page = await getDocs(newestEntries(owner, "owner"));
    expect(idsOf(page)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((n) => `owner-${n}`));
    const last = page.docs.at(-1);
    const next = await getDocs(query(newestEntries(owner, "owner"), startAfter(last)));
    expect(idsOf(next)).toEqual(["owner-1", "owner-0"]);
  });

  it("arrive at a listener", async () => {
    expect((await listenToQuery(newestEntries(owner, "owner"))).size).toBe(10);
  });

  it("are narrowed to a range of time", async () => {
    const range = query(newestEntries(owner, "owner"), where("settledAt", ">=", at(10)));
    expect((await getDocs(range)).size).toBe(2);
  });

  it("are counted and summed by the server", async () => {
    const mine = query(collection(owner, "usage_tracking"), where("userId", "==", "owner"));
    const found = await getAggregateFromServer(mine, { cost: sum("costNanoUsd") });
    expect(found.data().cost).toBe(12 * 17_000);
  });

  it("are found by a user id that needs encoding", async () => {
    expect((await getDocs(newestEntries(oddlyNamed, ODD_UID))).size).toBe(1);
  });
});

describe("everybody's entries", () => {
  const everybody = (db: Firestore) =>
    query(collection(db, "usage_tracking"), orderBy("settledAt", "desc"), limit(10));

  it("are refused to a user, also to a listener and to sums", async () => {
    await assertFails(getDocs(everybody(owner)));
    await assertFails(listenToQuery(everybody(owner)));
    await assertFails(getCountFromServer(everybody(owner)));
    await assertFails(getAggregateFromServer(everybody(owner), { mean: average("costNanoUsd") }));
  });

  it("reach an admin's listener", async () => {
    expect((await listenToQuery(everybody(admin))).size).toBe(10);
  });

  it.each([
    ["another's user id", where("userId", "==", "other")],
    ["one's own among others", where("userId", "in", ["owner", "other"])],
    ["all but another's", where("userId", "!=", "other")],
    ["a range with one's own in it", where("userId", ">=", "owner")],
    ["an erased person's id", where("userId", "==", "erased:4f7c")],
    ["no user id", where("userId", "==", null)],
    ["another field of the same value", where("agent", "==", "owner")],
  ])("stay closed to a user who filters by %s", async (_, filter) => {
    await assertFails(getDocs(query(collection(owner, "usage_tracking"), filter, limit(10))));
  });

  it("stay closed to a user whose own are one side of an `or`", async () => {
    const mine = where("userId", "==", "owner");
    const entries = collection(owner, "usage_tracking");
    await assertFails(getDocs(query(entries, or(mine, where("agent", "==", "tutor")))));
    expect((await getDocs(query(entries, and(mine)))).size).toBe(12);
  });

  it("stay closed as a collection group, to admins too", async () => {
    const group = (db: Firestore) => collectionGroup(db, "usage_tracking");
    await assertFails(getDocs(query(group(owner), where("userId", "==", "owner"))));
    await assertFails(getDocs(group(admin)));
  });
});

describe("alerts", () => {
  it("that are open and one's own arrive at a listener", async () => {
    expect(idsOf(await listenToQuery(openAlerts(owner, "owner")))).toEqual(["open"]);
  });

  it("of another are refused", async () => {
    await assertFails(listenToQuery(openAlerts(owner, "other")));
  });

  it("without a user are for admins", async () => {
    for (const id of ["project", "no-user"]) {
      for (const db of [owner, anonymous]) {
        await assertFails(listenToDocument(doc(db, "budget_alerts", id)));
      }
      expect((await listenToDocument(doc(admin, "budget_alerts", id))).exists()).toBe(true);
    }
  });
});

describe("budgets", () => {
  const ofEveryUser = { scope: "user", scopeId: "*" };

  it("of one's own are listed, those of one's sessions too", async () => {
    const mine = await listenToQuery(budgets(owner, { userId: "owner" }));
    expect(idsOf(mine)).toEqual(["session:owner_s-1:usd:lifetime", "user:owner:usd:month"]);
  });

  it("of every user are listed to all who are signed in", async () => {
    for (const db of [owner, oddlyNamed]) {
      expect(idsOf(await listenToQuery(budgets(db, ofEveryUser)))).toEqual(["user:*:usd:month"]);
    }
    await assertFails(listenToQuery(budgets(anonymous, ofEveryUser)));
  });

  it.each([
    ["another user's", { userId: "other" }],
    ["nobody's", { userId: null }],
    ["a department's that is named like the user", { scope: "department", scopeId: "owner" }],
    ["every department's", { scope: "department", scopeId: "*" }],
    ["every scope's default", { scopeId: "*" }],
    ["all of scope user", { scope: "user" }],
  ])("are refused to a user who asks for %s", async (_, filters) => {
    await assertFails(listenToQuery(budgets(owner, filters)));
  });

  it("of a department are refused one by one", async () => {
    await assertFails(listenToDocument(doc(owner, "budgets", "department:owner:usd:month")));
    await assertFails(listenToDocument(doc(owner, "budgets", "department:*:usd:month")));
  });
});

describe("an entry without an owner", () => {
  it.each(["erased-1", "nobody-1"])("%s is for admins", async (id) => {
    await assertFails(listenToDocument(doc(owner, "usage_tracking", id)));
    expect((await listenToDocument(doc(admin, "usage_tracking", id))).exists()).toBe(true);
  });
});
