import { describe, expect, it } from "@jest/globals";
import { hold, reasonOf } from "../../tools/demo/conversation.ts";
import type { FrontEnd } from "../../tools/demo/front-end.ts";
import { failureLines } from "../../tools/demo/pages.ts";
import { claimsOf, peopleOf } from "../../tools/demo/people.ts";
import type { Conversation } from "../../tools/demo/samples/samples.ts";
import { inParallel, tallyOf } from "../../tools/demo/traffic.ts";

const person = {
  displayName: "Maya Lindqvist",
  email: "maya@example.com",
  password: "tollgate",
  department: "support",
  orgId: "acme",
};

const conversation: Conversation = {
  user: person.email,
  sessionId: "s1",
  agent: "desk",
  model: "gpt-4o-mini",
  tags: { channel: "chat" },
  turns: [{ system: "Be short.", user: "One?" }, { user: "Two?" }, { user: "Three?" }],
};

/** A front end whose calls are answered by a function. */
function frontEnd(answer: (data: unknown) => unknown): FrontEnd {
  const call = async (_door: string, data: object) => answer(data) as never;
  return { person, uid: "u1", call, stream: call, idToken: async () => "token" };
}

const outcome = (failure: string | null, mustFail: boolean) => ({
  user: person.email,
  sessionId: "s1",
  model: "gpt-4o-mini",
  failure,
  mustFail,
});

describe("a conversation", () => {
  const going = new AbortController().signal;

  it("says all that was said before, and a failed turn not again", async () => {
    const asked: { messages: { content: string }[] }[] = [];
    const answering = frontEnd((data) => {
      asked.push(data as (typeof asked)[number]);
      if (asked.length === 2) throw { details: { reason: "PROVIDER_UNAVAILABLE" } };
      return { text: `answer ${asked.length}` };
    });
    const outcomes: unknown[] = [];
    await hold(answering, conversation, (each) => void outcomes.push(each), going);
    expect(asked.map(({ messages }) => messages.map(({ content }) => content))).toEqual([
      ["Be short.", "One?"],
      ["Be short.", "One?", "answer 1", "Two?"],
      ["Be short.", "One?", "answer 1", "Three?"],
    ]);
    expect(outcomes).toEqual([
      outcome(null, false),
      outcome("PROVIDER_UNAVAILABLE", false),
      outcome(null, false),
    ]);
  });

  it("sends no field that its sample does not have", async () => {
    const asked: object[] = [];
    const answering = frontEnd((data) => {
      asked.push(data as object);
      return { text: "" };
    });
    await hold(answering, conversation, () => undefined, going);
    expect(Object.keys(asked[0] ?? {}).sort()).toEqual(
      ["agent", "messages", "metadata", "model", "sessionId"].sort(),
    );
  });

  it("ends between two turns when somebody has had enough", async () => {
    const stop = new AbortController();
    const outcomes: unknown[] = [];
    const count = (each: unknown) => {
      outcomes.push(each);
      stop.abort();
    };
    await hold(
      frontEnd(() => ({ text: "" })),
      conversation,
      count,
      stop.signal,
    );
    expect(outcomes).toHaveLength(1);
  });
});

describe("the reason of an error", () => {
  it.each([
    [
      { details: { reason: "BUDGET_EXCEEDED" }, code: "functions/resource-exhausted" },
      "BUDGET_EXCEEDED",
    ],
    [{ details: null, code: "functions/internal" }, "functions/internal"],
    [new Error("fetch failed"), "fetch failed"],
  ])("of %o is %s", (error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});

describe("jobs in parallel", () => {
  it("are all done, never more at once than asked for", async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const job = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      done += 1;
    };
    await inParallel(Array(10).fill(job), 3, new AbortController().signal);
    expect([done, most]).toEqual([10, 3]);
  });

  it("begin no more once they are told to stop", async () => {
    const stop = new AbortController();
    let done = 0;
    const job = async () => {
      done += 1;
      stop.abort();
    };
    await inParallel(Array(10).fill(job), 2, stop.signal);
    expect(done).toBeLessThanOrEqual(2);
  });
});

describe("the tally", () => {
  it("tells failures that were asked for from those that were not", () => {
    const wanted = outcome("PROVIDER_UNAVAILABLE", true);
    const unwanted = outcome("functions/internal", false);
    const missing = outcome(null, true);
    const tally = tallyOf([outcome(null, false), wanted, unwanted, missing]);
    expect(tally).toEqual({
      calls: 4,
      failed: [wanted, unwanted],
      surprising: [unwanted, missing],
    });
    expect(failureLines(tally, "1.2 s")).toEqual([
      "  4 calls in 1.2 s",
      "  failed on purpose: 1 PROVIDER_UNAVAILABLE",
      "  ! maya@example.com, s1, gpt-4o-mini: functions/internal",
      "  ! maya@example.com, s1, gpt-4o-mini: answered, though its sample asks for a failure",
    ]);
  });
});

describe("the people", () => {
  const admin = { ...frontEnd(() => ({})), uid: "u2", person: { ...person, admin: true } };
  const people = peopleOf([frontEnd(() => ({})), admin]);

  it("are found by their address and known by their name", () => {
    expect(people.admin.uid).toBe("u2");
    expect(people.byEmail(person.email).uid).toBe("u1");
    expect([people.nameOf("u1"), people.nameOf("u9")]).toEqual(["Maya Lindqvist", "u9"]);
    expect(() => people.byEmail("nobody@example.com")).toThrow("nobody@example.com");
  });

  it("have the claims that Tollgate believes, admin only where it is so", () => {
    expect(claimsOf(person)).toEqual({ department: "support", orgId: "acme" });
    expect(claimsOf(admin.person)).toMatchObject({ admin: true });
  });
});
