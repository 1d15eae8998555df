import { assertFails, type RulesTestEnvironment } from "@firebase/rules-unit-testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  collection,
  doc,
  type Firestore,
  query,
  setDoc,
  updateDoc,
  where,
} from "firebase/firestore";
import { listenToDocument, listenToQuery } from "./confirmed.ts";
import { firestoreOf, firestoreWithToken } from "./people.ts";
import { asBackend, startRules } from "./rules-environment.ts";

const ODD_UID = "o'neil_1%/火";
const ODD_UID_IN_IDS = "o%27neil%5F1%25%2F%E7%81%AB";

let environment: RulesTestEnvironment;
let anonymous: Firestore;
let owner: Firestore;
let oddlyNamed: Firestore;

beforeAll(async () => {
  environment = await startRules("demo-tollgate-rules-own-documents", {
    "usage_monthly/owner_2026-11": { userId: "owner", totals: { costNanoUsd: 204_000 } },
    "usage_monthly/owner_2020-01": { userId: "erased:4f7c", totals: { costNanoUsd: 3 } },
    "usage_monthly/other_2026-11": { userId: "other", totals: { costNanoUsd: 5 } },
    [`usage_monthly/${ODD_UID_IN_IDS}_2026-11`]: { userId: ODD_UID, totals: { costNanoUsd: 7 } },
    "budget_windows/user:owner:usd:month_2026-11": { userId: "owner", spent: 204_000, held: 0 },
  });
  anonymous = firestoreOf(environment, "anonymous");
  owner = firestoreOf(environment, "owner");
  oddlyNamed = firestoreWithToken(environment, ODD_UID, {});
});

afterAll(() => environment.cleanup());

describe("a month's listener", () => {
  const month = (db: Firestore, id: string) => doc(db, "usage_monthly", id);

  it("sees what the functions add", async () => {
    const more = { "totals.costNanoUsd": 221_000 };
    const seen = listenToDocument(
      month(owner, "owner_2026-11"),
      (snapshot) => snapshot.get("totals.costNanoUsd") === 221_000,
    );
    await asBackend(environment, (db) => updateDoc(month(db, "owner_2026-11"), more));
    expect((await seen).id).toBe("owner_2026-11");
  });

  it("waits for one's own month until the first call makes it", async () => {
    const january = "owner_2027-01";
    const made = listenToDocument(month(owner, january), (snapshot) => snapshot.exists());
    expect((await listenToDocument(month(owner, january))).exists()).toBe(false);
    await asBackend(environment, (db) => setDoc(month(db, january), { userId: "owner" }));
    expect((await made).get("userId")).toBe("owner");
  });

  it("is refused another's month, whether it exists or not", async () => {
    await assertFails(listenToDocument(month(owner, "other_2026-11")));
    await assertFails(listenToDocument(month(owner, "other_2026-12")));
    await assertFails(listenToDocument(month(anonymous, "owner_2026-12")));
  });

  it("is refused a month that is there and says it is another's, whatever its id says", async () => {
    await assertFails(listenToDocument(month(owner, "owner_2020-01")));
  });

  it("asks by query when the user id is encoded in the document's id", async () => {
    await assertFails(listenToDocument(month(oddlyNamed, `${ODD_UID_IN_IDS}_2026-12`)));
    const mine = query(collection(oddlyNamed, "usage_monthly"), where("userId", "==", ODD_UID));
    expect((await listenToQuery(mine)).size).toBe(1);
  });

  it("is not shown the absence of an id that only begins like one's own", async () => {
    await assertFails(listenToDocument(month(owner, "owner-2_2026-12")));
    await assertFails(listenToDocument(month(owner, "owne_2026-12")));
    await assertFails(listenToDocument(month(owner, "2026-12_owner")));
  });

  it("is not shown absence by a user id that reads as another's encoded one", async () => {
    const posing = firestoreWithToken(environment, ODD_UID_IN_IDS, {});
    await assertFails(listenToDocument(month(posing, `${ODD_UID_IN_IDS}_2026-12`)));
  });
});

describe("a session's and a window's listener", () => {
  it.each([
    ["usage_sessions", "owner_s-9"],
    ["budget_windows", "user:owner:usd:month_2026-11"],
    ["budget_windows", "user:owner:tokens:minute_2026-11-22T14:03"],
  ])("may wait in %s for %s", async (at, id) => {
    await expect(listenToDocument(doc(owner, at, id))).resolves.toBeDefined();
  });

  it.each([
    ["usage_sessions", "other_s-9"],
    ["budget_windows", "user:other:usd:month_2026-12"],
    ["budget_windows", "department:owner:usd:month_2026-12"],
    ["budget_windows", "user"],
    ["usage_tracking", "owner_1"],
    ["usage_daily", "owner_2026-12-01"],
    ["api_keys", "owner_1"],
  ])("is refused in %s for %s", async (at, id) => {
    await assertFails(listenToDocument(doc(owner, at, id)));
  });
});
