import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { CONTRACTS } from "../../functions/src/contracts/testing/requests.ts";
import { post, refusalOf, type WireError } from "./harness/callable.ts";
import { footprintOf } from "./harness/footprint.ts";
import { useDoors } from "./harness/framework.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { HOSTILE_BODIES, MADE_VALID, WRONG_REQUESTS } from "./harness/wrong-requests.ts";

jest.setTimeout(SLOW_MS);

const doors = useDoors();
let admin: Person;
let before: string[];

beforeAll(async () => {
  admin = await signUp("bad-input", { admin: true, service: true });
  before = await footprintOf(admin.uid);
});

const asAdmin = () => ({ ...admin, url: doors().url });

function expectField(error: WireError | undefined, field: string): void {
  expect(error).toMatchObject({
    status: "INVALID_ARGUMENT",
    message: expect.stringContaining(": "),
    details: { reason: "INVALID_FIELD", field: expect.stringMatching(startingWith(field)) },
  });
  expect(JSON.stringify(error).length).toBeLessThan(1_000);
}

/** Of deep and long data the path to the culprit goes on. */
function startingWith(field: string): RegExp {
  return new RegExp(`^${field.replace(/[[\]]/g, "\\$&")}`);
}

it("is tried at every door", () => {
  expect(Object.keys(WRONG_REQUESTS).sort()).toEqual(Object.keys(CONTRACTS).sort());
});

describe.each(Object.entries(WRONG_REQUESTS))("%s", (door, wrongs) => {
  it("names the field that is missing, wrong, too long or unknown", async () => {
    for (const [field, changes] of wrongs) {
      const data = { ...CONTRACTS[door]?.full, ...MADE_VALID[door], ...changes };
      expectField(await refusalOf(door, asAdmin(), data), field);
    }
  });

  it.each(HOSTILE_BODIES)("refuses %s", async (_, field, body) => {
    const response = await post(door, body, asAdmin());
    expectField(((await response.json()) as { error?: WireError }).error, field);
  });
});

describe("bodies that are no JSON", () => {
  it.each(['{"data":{"a":NaN}}', "{", "", '{"data":1}{"data":2}'])(
    "are refused: %s",
    async (body) => {
      const response = await post("getCapabilities", body, asAdmin());
      expect(response.status).toBe(400);
    },
  );
});

describe("all of these", () => {
  it("have left nothing", async () => {
    expect(await footprintOf(admin.uid)).toEqual(before);
  });
});
