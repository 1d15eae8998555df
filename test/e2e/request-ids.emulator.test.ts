import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { ask, refusalOf } from "./harness/callable.ts";
import { recordsFromNow } from "./harness/model.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { find } from "./harness/store.ts";
import { entriesOf } from "./harness/sums.ts";
import { type ChatResponse, chat, saying, streamChat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

describe("a request id of the client", () => {
  let ann: Person;
  let ben: Person;
  beforeAll(async () => {
    [ann, ben] = await Promise.all([signUp("ids-ann"), signUp("ids-ben")]);
  });

  it("is answered once; a repeat is told what the first one cost", async () => {
    const records = await recordsFromNow();
    const request = saying("Once only", { requestId: "once", maxOutputTokens: 7_001 });
    const first = await chat(ann, "", request);
    const { status, details } = await refusalOf("chat", ann, request);
    expect(status).toBe("ALREADY_EXISTS");
    expect(details).toEqual({
      reason: "DUPLICATE_REQUEST",
      state: "settled",
      requestId: "once",
      entryId: first.entryId,
      usage: first.usage,
      cost: first.cost,
    });
    const ran = (await records()).filter(({ maxTokens }) => maxTokens === 7_001);
    expect(ran).toHaveLength(1);
  });

  it("is the same request streamed or not, and with its fields in another order", async () => {
    await streamChat(ann, "Any order", { requestId: "order", seed: 1, maxOutputTokens: 9 });
    const reordered = saying("Any order", { maxOutputTokens: 9, seed: 1, requestId: "order" });
    const { details } = await refusalOf("chat", ann, reordered);
    expect(details).toMatchObject({ state: "settled" });
  });

  it("runs once when it comes four times at once", async () => {
    const records = await recordsFromNow();
    const request = saying("Race [sim latency=400]", { requestId: "race", maxOutputTokens: 7_002 });
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => ask<ChatResponse>("chat", ann, request)),
    );
    expect(answers.filter(({ result }) => result)).toHaveLength(1);
    for (const { error } of answers.filter((answer) => answer.error)) {
      expect(error?.details).toMatchObject({
        reason: "DUPLICATE_REQUEST",
        state: expect.stringMatching(/^(running|settled)$/),
      });
    }
    const ran = (await records()).filter(({ maxTokens }) => maxTokens === 7_002);
    expect(ran).toHaveLength(1);
    expect(
      (await entriesOf(ann.uid)).filter(({ fields }) => fields.requestId === "race"),
    ).toHaveLength(1);
  });

  it("is refused with another payload, and tells nothing of the first", async () => {
    const { requestId } = await chat(ann, "The first payload", { requestId: "reused" });
    const { details } = await refusalOf("chat", ann, saying("Another payload", { requestId }));
    expect(details).toEqual({ reason: "DUPLICATE_REQUEST", state: "different", requestId });
  });

  it("that another user has taken is one's own all the same", async () => {
    const request = { requestId: "shared/id" };
    const hers = await chat(ann, "Mine", request);
    const his = await chat(ben, "Mine", request);
    expect(his.entryId).not.toBe(hers.entryId);
    expect((await entriesOf(ben.uid)).map(({ id }) => id)).toEqual([his.entryId]);
  });

  it("can be tried again in vain after a failure, which has its entry", async () => {
    const request = saying("Fails [sim fault=500]", { requestId: "failed" });
    const { details: first } = await refusalOf("chat", ann, request);
    expect(first).toMatchObject({ reason: "PROVIDER_UNAVAILABLE" });
    const { details: second } = await refusalOf("chat", ann, request);
    expect(second).toMatchObject({ reason: "DUPLICATE_REQUEST", state: "settled" });
  });

  it("leaves no hold behind", async () => {
    expect(await find("usage_holds", { userId: ann.uid })).toEqual([]);
    expect(await find("usage_holds", { userId: ben.uid })).toEqual([]);
  });
});
