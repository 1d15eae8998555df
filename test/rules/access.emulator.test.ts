import { assertFails, type RulesTestEnvironment } from "@firebase/rules-unit-testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { collection, doc, type Firestore, getDoc, getDocs, setDoc } from "firebase/firestore";
import { type Cell, cellsOf, demandEveryPlace } from "./access-table.ts";
import { aimOf, attempt } from "./operations.ts";
import { EVERYONE, firestoreOf, uidOf, type Who } from "./people.ts";
import { placeNamed, seedFor } from "./places.ts";
import { asBackend, startRules } from "./rules-environment.ts";

/**
 * Who may do what, where. The documents are the owner's; "list own" asks for one's own,
 * "list another's" for the owner's (the owner asks for the other's).
 */

const ABOUT_ONE_PERSON = [
  "usage_tracking",
  "usage_tracking, odd id",
  "usage_holds",
  "usage_monthly",
  "usage_sessions",
  "budgets",
  "budget_windows",
  "budget_alerts",
];
const PERSONAL = `
           | get | list own | list all | list another's | create | update | delete
anonymous  | -   | -        | -        | -              | -      | -      | -
owner      | yes | yes      | -        | -              | -      | -      | -
other      | -   | yes      | -        | -              | -      | -      | -
admin      | yes | yes      | yes      | yes            | -      | -      | -
service    | -   | yes      | -        | -              | -      | -      | -
fakeAdmin  | -   | yes      | -        | -              | -      | -      | -
`;

const ABOUT_EVERYBODY = [
  "usage_daily",
  "usage_totals",
  "usage_outbox",
  "usage_repairs",
  "care_state",
  "erasures",
];
const ADMINS_ONLY = `
           | get | list own | list all | list another's | create | update | delete
anonymous  | -   | -        | -        | -              | -      | -      | -
owner      | -   | -        | -        | -              | -      | -      | -
other      | -   | -        | -        | -              | -      | -      | -
admin      | yes | yes      | yes      | yes            | -      | -      | -
service    | -   | -        | -        | -              | -      | -      | -
fakeAdmin  | -   | -        | -        | -              | -      | -      | -
`;

const ABOUT_NOBODY = ["model_prices"];
const ALL_WHO_MAY_CALL = `
           | get | list own | list all | list another's | create | update | delete
anonymous  | -   | -        | -        | -              | -      | -      | -
owner      | yes | yes      | yes      | yes            | -      | -      | -
other      | yes | yes      | yes      | yes            | -      | -      | -
admin      | yes | yes      | yes      | yes            | -      | -      | -
service    | yes | yes      | yes      | yes            | -      | -      | -
fakeAdmin  | yes | yes      | yes      | yes            | -      | -      | -
`;

const SECRET_OR_UNKNOWN = [
  "api_keys",
  "unknown",
  "usage_tracking_copy",
  "subcollection of usage_tracking",
  "subcollection of unknown",
];
const CLOSED = `
           | get | list own | list all | list another's | create | update | delete
anonymous  | -   | -        | -        | -              | -      | -      | -
owner      | -   | -        | -        | -              | -      | -      | -
other      | -   | -        | -        | -              | -      | -      | -
admin      | -   | -        | -        | -              | -      | -      | -
service    | -   | -        | -        | -              | -      | -      | -
fakeAdmin  | -   | -        | -        | -              | -      | -      | -
`;

const CELLS = [
  ...cellsOf(PERSONAL, ABOUT_ONE_PERSON),
  ...cellsOf(ADMINS_ONLY, ABOUT_EVERYBODY),
  ...cellsOf(ALL_WHO_MAY_CALL, ABOUT_NOBODY),
  ...cellsOf(CLOSED, SECRET_OR_UNKNOWN),
];
demandEveryPlace([...ABOUT_ONE_PERSON, ...ABOUT_EVERYBODY, ...ABOUT_NOBODY, ...SECRET_OR_UNKNOWN]);

const SEED = seedFor(EVERYONE.map(uidOf));
const COLLECTIONS = [...new Set(CELLS.map(({ place }) => placeNamed(place).collection))];

let environment: RulesTestEnvironment;
let clients: Map<Who, Firestore>;

beforeAll(async () => {
  environment = await startRules("demo-tollgate-rules-access", SEED);
  clients = new Map(EVERYONE.map((who) => [who, firestoreOf(environment, who)]));
});

afterAll(() => environment.cleanup());

function clientOf(who: Who): Firestore {
  const client = clients.get(who);
  if (client === undefined) throw new Error(`${who} has no client`);
  return client;
}

function attemptIn({ who, operation, place }: Cell): Promise<string[]> {
  return attempt(operation, who, clientOf(who), placeNamed(place));
}

describe("security rules", () => {
  it.each(CELLS.filter(({ may }) => may))("let $who $operation in $place", async (cell) => {
    const wanted = placeNamed(cell.place).idFor(aimOf(cell.operation, cell.who));
    expect(await attemptIn(cell)).toContain(wanted);
  });

  it.each(CELLS.filter(({ may }) => !may))("refuse $who $operation in $place", async (cell) => {
    await assertFails(attemptIn(cell));
  });

  it.each(COLLECTIONS)("open nothing below the documents of %s", async (at) => {
    const below = doc(clientOf("admin"), at, "owner-1", "below", "1");
    await assertFails(getDoc(below));
    await assertFails(setDoc(below, { userId: "admin" }));
  });

  it("leave every document as it was after all these attempts", async () => {
    const found = await asBackend(environment, async (db) => {
      const snapshots = await Promise.all(COLLECTIONS.map((at) => getDocs(collection(db, at))));
      return snapshots.flatMap(({ docs }) => docs.map((each) => [each.ref.path, each.data()]));
    });
    expect(Object.fromEntries(found)).toEqual(SEED);
  });
});
