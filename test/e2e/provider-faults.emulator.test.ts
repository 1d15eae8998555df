import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { untilAggregated } from "./harness/aggregated.ts";
import { refusalOf, type WireError } from "./harness/callable.ts";
import { useDoors } from "./harness/framework.ts";
import { chatUsageOf, recordsFromNow } from "./harness/model.ts";
import { type Person, signUp } from "./harness/people.ts";
import { nanoUsdOf } from "./harness/prices.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { find, get } from "./harness/store.ts";
import { entriesOf } from "./harness/sums.ts";
import { chat, joinedText, saying, streamChat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

let ann: Person;
beforeAll(async () => {
  ann = await signUp("faults");
});

/** The entry that a failed call has left. */
async function entryOf({ details }: WireError) {
  return (await get("usage_tracking", String(details?.entryId))).fields;
}

const NOTHING_BILLED = {
  status: "error",
  usageStatus: "exact",
  totalTokens: 0,
  costNanoUsd: 0,
  rawUsage: null,
};

describe("a provider that refuses", () => {
  it("for its rate limit, and for longer than one waits here, says when to try again", async () => {
    const error = await refusalOf("chat", ann, saying("Hi [sim fault=429 retryAfter=11]"));
    expect(error).toMatchObject({
      status: "RESOURCE_EXHAUSTED",
      details: { reason: "PROVIDER_RATE_LIMITED", retryAfterSeconds: 11, httpStatus: 429 },
    });
    const nothing = { ...NOTHING_BILLED, attempt: 1, modelAnswered: null };
    expect(await entryOf(error)).toMatchObject(nothing);
  });

  it.each(["500", "503"])("with %s three times is unavailable", async (fault) => {
    const error = await refusalOf("chat", ann, saying(`Hi [sim fault=${fault}]`));
    expect(error).toMatchObject({
      status: "UNAVAILABLE",
      details: { reason: "PROVIDER_UNAVAILABLE", httpStatus: Number(fault) },
    });
    expect(await entryOf(error)).toMatchObject({ ...NOTHING_BILLED, attempt: 3 });
  });

  it("a model that it does not know, names the model", async () => {
    const error = await refusalOf("chat", ann, saying("Hi", { model: "gpt-none" }));
    expect(error).toMatchObject({
      status: "NOT_FOUND",
      details: { reason: "UNKNOWN_MODEL", model: "gpt-none" },
    });
    expect(await entryOf(error)).toMatchObject({ ...NOTHING_BILLED, priceStatus: "unpriced" });
  });

  it("what the model cannot do is told as a rejection", async () => {
    const error = await refusalOf("chat", ann, saying("Hi [sim oops=1]"));
    expect(error).toMatchObject({
      status: "FAILED_PRECONDITION",
      details: { reason: "PROVIDER_REJECTED", httpStatus: 400 },
    });
    expect(await entryOf(error)).toMatchObject(NOTHING_BILLED);
  });
});

describe("a provider that fails once, before a byte of its answer", () => {
  it.each([
    ["fault=429 retryAfter=1", NOTHING_BILLED],
    ["fault=500", NOTHING_BILLED],
    ["fault=reset", { status: "error", usageStatus: "estimated", outputTokens: 0 }],
  ])("%s: is asked again, and each attempt is an entry", async (fault, first) => {
    const eve = await signUp("again");
    const content = `Again, ${eve.uid}. [sim ${fault} times=1 tokens=9]`;
    const { entryId, usage, requestId } = await chat(eve, content);
    const entries = await untilAggregated([eve.uid]);
    expect(entries).toHaveLength(2);
    const [one, two] = entries
      .map(({ fields }) => fields)
      .toSorted((a, b) => Number(a.attempt) - Number(b.attempt));
    expect(one).toMatchObject({ ...first, requestId, attempt: 1, add: { requests: 1, calls: 1 } });
    expect(two).toMatchObject({ entryId, requestId, attempt: 2, status: "ok", outputTokens: 9 });
    expect(usage).toMatchObject({ status: "exact", outputTokens: 9 });
    const { fields } = await get("usage_monthly", `${eve.uid}_${two?.month}`);
    expect(fields.totals).toMatchObject({ requests: 1, calls: 2, errors: 1 });
    expect(await find("usage_holds", { userId: eve.uid })).toEqual([]);
  });
});

describe("a provider that nobody has", () => {
  it("is refused before anything is written", async () => {
    const before = await entriesOf(ann.uid);
    const { status, details } = await refusalOf("chat", ann, saying("Hi", { model: "acme/one" }));
    expect(status).toBe("NOT_FOUND");
    expect(details).toMatchObject({ reason: "UNKNOWN_MODEL", model: "acme/one" });
    expect(await entriesOf(ann.uid)).toHaveLength(before.length);
  });
});

describe("an answer that breaks off", () => {
  it("gives the caller what had come, and the ledger an estimate of it", async () => {
    const answer = await streamChat(ann, "Go on. [sim cutAfter=3 chunks=9 tokens=36]");
    expect(answer.error?.details?.reason).toBe("PROVIDER_UNAVAILABLE");
    expect(answer.chunks).toHaveLength(3);
    const entry = await entryOf(answer.error as WireError);
    expect(entry).toMatchObject({
      status: "error",
      usageStatus: "estimated",
      estimatedBecause: "stream_ended_early",
      add: { errors: 1, estimatedCalls: 1 },
    });
    expect(entry.outputTokens).toBeGreaterThan(0);
    expect(entry.outputTokens).toBeLessThan(36);
    expect(joinedText(answer)).not.toBe("");
  });

  it("counts as billed when the connection is reset after the request", async () => {
    const error = await refusalOf("chat", ann, saying("Hello there [sim fault=reset]"));
    expect(error.details?.reason).toBe("PROVIDER_UNAVAILABLE");
    const entry = await entryOf(error);
    expect(entry).toMatchObject({ usageStatus: "estimated", outputTokens: 0 });
    expect(entry.inputTokens).toBeGreaterThan(0);
  });

  it("is unreadable when it is no JSON, and estimated", async () => {
    const error = await refusalOf("chat", ann, saying("Hello there [sim fault=badjson]"));
    expect(error.details?.reason).toBe("PROVIDER_UNAVAILABLE");
    expect(await entryOf(error)).toMatchObject({ status: "error", usageStatus: "estimated" });
  });
});

describe("a provider that does not come to its end", () => {
  const hasty = useDoors({ REQUEST_TIMEOUT_SECONDS: "2", PROVIDER_IDLE_SECONDS: "1" });

  it.each([
    ["never answers", "Hi [sim fault=timeout]"],
    ["falls silent in mid-answer", "Hi [sim chunks=9 chunkDelay=1500]"],
    ["talks beyond the time limit", "Hi [sim chunks=9 chunkDelay=400]"],
  ])("is left when it %s", async (_, content) => {
    const { error } = await streamChat({ ...ann, url: hasty().url }, content);
    expect(error).toMatchObject({
      status: "DEADLINE_EXCEEDED",
      details: { reason: "PROVIDER_TIMEOUT" },
    });
    expect(await entryOf(error as WireError)).toMatchObject({
      status: "error",
      usageStatus: "estimated",
    });
  });
});

/** Directive -> why the entry is an estimate. */
const NONSENSE = [
  ["usage=none", "usage_missing"],
  ["usage=negative", "usage_negative"],
  ["usage=mismatch", "usage_inconsistent"],
  ["usage=overcached", "usage_inconsistent"],
  ["model=gpt-from-elsewhere", "model_unknown"],
  ["model=gpt-4o", "model_differs"],
] as const;

describe("nonsense beside a good answer", () => {
  it.each(NONSENSE)("%s costs the caller nothing, and is estimated: %s", async (said, because) => {
    const records = await recordsFromNow();
    const more = { maxOutputTokens: 7_100 };
    const answer = await chat(ann, `Say something. [sim ${said} tokens=21]`, more);
    expect(answer.text).toMatch(/\w+ \w+/);
    expect(answer.usage.status).toBe("estimated");
    const { fields } = await get("usage_tracking", answer.entryId);
    expect(fields).toMatchObject({
      status: "ok",
      usageStatus: "estimated",
      estimatedBecause: because,
      add: { estimatedCalls: 1 },
    });
    const billed = (await records()).find(({ maxTokens }) => maxTokens === more.maxOutputTokens);
    if (!billed) throw new Error("the model has no record of the call");
    expect(fields).toMatchObject({ inputTokens: billed.promptTokens, outputTokens: 21 });
    expect(fields.costNanoUsd).toBe(Number(nanoUsdOf("gpt-4o-mini", chatUsageOf(billed))));
  });

  it("is none when only the details are missing", async () => {
    const { usage } = await chat(ann, "Hi [sim usage=missingDetails tokens=5]");
    expect(usage).toMatchObject({ status: "exact", outputTokens: 5 });
  });

  it("in a stream is estimated alike", async () => {
    const { result } = await streamChat(ann, "Stream. [sim usage=none tokens=17]");
    expect(result?.usage).toMatchObject({ status: "estimated", outputTokens: 17 });
  });
});
