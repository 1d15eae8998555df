import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { untilAggregated } from "./harness/aggregated.ts";
import { post } from "./harness/callable.ts";
import { eventually } from "./harness/eventually.ts";
import { useDoors } from "./harness/framework.ts";
import { recordsFromNow, type SimRecord } from "./harness/model.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { find, get, type Stored } from "./harness/store.ts";
import { entriesOf, sumOfEntries } from "./harness/sums.ts";
import { saying } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

const TOLD_WITHIN_MS = 1_000;

const doors = useDoors();

/** Asks, waits until `ready`, and leaves. */
async function leave(
  who: Person,
  content: string,
  marker: number,
  ready: (response: Promise<Response>) => Promise<unknown>,
  url = doors().url,
): Promise<void> {
  const client = new AbortController();
  const body = JSON.stringify({ data: saying(content, { maxOutputTokens: marker }) });
  const init = { signal: client.signal, headers: { accept: "text/event-stream" } };
  const response = post("chat", body, { ...who, url }, init);
  await ready(response);
  client.abort();
  await response.then((each) => each.text()).catch(() => undefined);
}

async function chunks(response: Promise<Response>, count: number): Promise<void> {
  const reader = (await response).body?.getReader();
  let text = "";
  while (reader && text.split("data: ").length <= count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += Buffer.from(value).toString("utf8");
  }
  reader?.releaseLock();
}

describe("a caller who leaves in mid-stream", () => {
  const marker = 7_301;
  let ann: Person;
  let record: SimRecord | undefined;
  let entry: Stored | undefined;
  let tookMs: number;

  beforeAll(async () => {
    ann = await signUp("abort");
    const records = await recordsFromNow();
    const content = "A long story. [sim tokens=400 chunks=100 chunkDelay=50]";
    await leave(ann, content, marker, (response) => chunks(response, 5));
    const leftMs = performance.now();
    const own = async () => (await records()).filter(({ maxTokens }) => maxTokens === marker);
    [record] = await eventually(own, (seen) => seen.length > 0, 5_000);
    [entry] = await eventually(
      () => entriesOf(ann.uid),
      (seen) => seen.length > 0,
      5_000,
    );
    tookMs = performance.now() - leftMs;
  });

  it("makes us leave the provider, who stops billing", () => {
    expect(record).toMatchObject({ outcome: "aborted" });
    expect(record?.completionTokens).toBeLessThan(200);
  });

  it(`has an entry within ${TOLD_WITHIN_MS} ms`, () => {
    expect(tookMs).toBeLessThan(TOLD_WITHIN_MS);
  });

  it("is charged for what had come, as an estimate", () => {
    expect(entry?.fields).toMatchObject({
      status: "aborted",
      usageStatus: "estimated",
      inputTokens: record?.promptTokens,
      add: { requests: 1, calls: 1, estimatedCalls: 1 },
    });
    const { outputTokens, outputCostNanoUsd } = entry?.fields ?? {};
    expect(outputTokens).toBeGreaterThanOrEqual(5);
    expect(outputTokens).toBeLessThanOrEqual(Number(record?.completionTokens) + 1);
    expect(outputCostNanoUsd).toBe(Number(outputTokens) * 600);
  });

  it("counts in the aggregates, and leaves no hold", async () => {
    const entries = await untilAggregated([ann.uid]);
    const { fields } = await get("usage_monthly", `${ann.uid}_${entry?.fields.month}`);
    expect(fields.totals).toEqual(sumOfEntries(entries));
    expect(await find("usage_holds", { userId: ann.uid })).toEqual([]);
  });
});

describe("a caller who leaves where the provider is read on for a while", () => {
  const patient = useDoors({ ABORT_DRAIN_MS: "10000" });

  it("is charged exactly what the provider bills", async () => {
    const cyd = await signUp("abort-drained");
    const marker = 7_303;
    const records = await recordsFromNow();
    const content = "A short story. [sim tokens=60 chunks=30 chunkDelay=20]";
    await leave(cyd, content, marker, (response) => chunks(response, 3), patient().url);
    const [entry] = await eventually(
      () => entriesOf(cyd.uid),
      (seen) => seen.length > 0,
      10_000,
    );
    const record = (await records()).find(({ maxTokens }) => maxTokens === marker);
    expect(record).toMatchObject({ outcome: "ok", completionTokens: 60 });
    expect(entry?.fields).toMatchObject({
      status: "aborted",
      usageStatus: "exact",
      inputTokens: record?.promptTokens,
      outputTokens: 60,
    });
  });
});

describe("a caller who leaves before the first word", () => {
  it("is charged for what was sent", async () => {
    const ben = await signUp("abort-early");
    const marker = 7_302;
    await leave(
      ben,
      "Take your time. [sim latency=20000]",
      marker,
      () => new Promise((resolve) => setTimeout(resolve, 500)),
    );
    const [entry] = await eventually(
      () => entriesOf(ben.uid),
      (seen) => seen.length > 0,
      5_000,
    );
    expect(entry?.fields).toMatchObject({
      status: "aborted",
      usageStatus: "estimated",
      outputTokens: 0,
      firstChunkMs: null,
    });
    expect(entry?.fields.inputTokens).toBeGreaterThan(5);
  });
});
