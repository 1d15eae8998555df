import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { CONTRACTS } from "../../functions/src/contracts/testing/requests.ts";
import { type Asker, ask, refusalOf } from "./harness/callable.ts";
import { footprintOf } from "./harness/footprint.ts";
import { useDoors } from "./harness/framework.ts";
import { type Person, signUp, unsignedToken } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";

jest.setTimeout(SLOW_MS);

const DOORS = Object.keys(CONTRACTS);
const HOUR_SECONDS = 3_600;

/** Tokens checked as in production, but that the auth emulator vouches for unsigned ones. */
const doors = useDoors();
/** And without it: what production does with a token that nobody signed. */
const strict = useDoors({ FIREBASE_AUTH_EMULATOR_HOST: undefined });

let ann: Person;
let ben: Person;
let worker: Person;
beforeAll(async () => {
  [ann, ben, worker] = await Promise.all([
    signUp("access-ann"),
    signUp("access-ben"),
    signUp("access-worker", { service: true }),
  ]);
});

/** A request that the door would take from the right caller, about somebody whom nobody else writes of. */
function requestFor(door: string): object {
  const { full } = CONTRACTS[door] ?? {};
  const about = { userId: ghost, scopeId: ghost };
  const named = Object.entries(about).filter(([field]) => full && field in full);
  return { ...full, ...Object.fromEntries(named) };
}

const ghost = "access-ghost";
const nowSeconds = () => Math.floor(Date.now() / 1_000);

/** Why a token is none, and the token. */
const NO_TOKENS: readonly (readonly [string, () => Asker])[] = [
  ["that is missing", () => ({ url: doors().url })],
  ["that is garbled", () => ({ url: doors().url, idToken: "not.a.token" })],
  [
    "that has expired",
    () => ({
      url: doors().url,
      idToken: unsignedToken(ann.uid, {
        iat: nowSeconds() - 2 * HOUR_SECONDS,
        exp: nowSeconds() - HOUR_SECONDS,
      }),
    }),
  ],
  [
    "for another project",
    () => ({ url: doors().url, idToken: unsignedToken(ann.uid, {}, "another-project") }),
  ],
  ["of a user who does not exist", () => ({ url: doors().url, idToken: unsignedToken(ghost) })],
  [
    "that nobody signed, where no emulator vouches for it",
    () => ({ url: strict().url, idToken: unsignedToken(ann.uid, { admin: true }) }),
  ],
  [
    "that an emulator issued, where no emulator vouches for it",
    () => ({ url: strict().url, idToken: ann.idToken }),
  ],
];

describe.each(NO_TOKENS)("a token %s", (_, asker) => {
  it.each(DOORS)("does not open %s", async (door) => {
    const answer = await ask(door, asker(), requestFor(door));
    expect(answer.httpStatus).toBe(401);
    expect(answer.error?.status).toBe("UNAUTHENTICATED");
  });
});

describe("the functions emulator, which checks no tokens", () => {
  it.each([undefined, "not.a.token"])("still needs a user: %s", async (idToken) => {
    const { status } = await refusalOf("getCapabilities", { idToken }, {});
    expect(status).toBe("UNAUTHENTICATED");
  });
});

describe("a door for admins", () => {
  const ADMINS = ["setBudget", "deleteBudget", "acknowledgeAlert", "getTopUsers"];

  it.each(ADMINS)("is closed to users and services: %s", async (door) => {
    for (const who of [ann, worker]) {
      const error = await refusalOf(door, { ...who, url: doors().url }, requestFor(door));
      expect(error).toMatchObject({
        status: "PERMISSION_DENIED",
        details: { reason: "NOT_ADMIN" },
      });
    }
  });

  it("is closed to who claims to be an admin in the request", async () => {
    const data = { ...requestFor("setBudget"), admin: true };
    const { details } = await refusalOf("setBudget", { ...ann, url: doors().url }, data);
    expect(details?.reason).toBe("NOT_ADMIN");
  });

  it("says nothing about the request to who may not ask", async () => {
    const { details } = await refusalOf("setBudget", { ...ann, url: doors().url }, { limit: -1 });
    expect(details).toEqual({ reason: "NOT_ADMIN" });
  });
});

describe("a door for services", () => {
  it("is closed to users, for themselves as well", async () => {
    const data = { ...requestFor("trackUsage"), userId: ann.uid };
    const error = await refusalOf("trackUsage", { ...ann, url: doors().url }, data);
    expect(error).toMatchObject({
      status: "PERMISSION_DENIED",
      details: { reason: "NOT_SERVICE" },
    });
  });
});

describe("the data of another user", () => {
  const OWNED: readonly (readonly [string, object])[] = [
    ["getUsage", {}],
    ["getSummary", {}],
    ["getSessionUsage", { sessionId: "s" }],
    ["listEntries", {}],
    ["listAlerts", {}],
  ];

  it.each(OWNED)("is closed to users and services: %s", async (door, more) => {
    for (const who of [ann, worker]) {
      const data = { ...more, userId: ben.uid };
      const error = await refusalOf(door, { ...who, url: doors().url }, data);
      expect(error).toMatchObject({
        status: "PERMISSION_DENIED",
        details: { reason: "NOT_OWNER" },
      });
    }
  });

  it.each(["chat", "embed", "estimateCost", "listBudgets"])(
    "cannot be named where one speaks for oneself: %s",
    async (door) => {
      const data = { ...CONTRACTS[door]?.full, userId: ben.uid };
      const { details } = await refusalOf(door, { ...ann, url: doors().url }, data);
      expect(details).toMatchObject({ reason: "INVALID_FIELD", field: "userId" });
    },
  );
});

describe("all those that were refused", () => {
  it("have left nothing", async () => {
    for (const userId of [ghost, ann.uid, ben.uid, worker.uid]) {
      expect(await footprintOf(userId)).toEqual([]);
    }
  });
});
