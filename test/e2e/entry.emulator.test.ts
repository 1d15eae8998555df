import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { ListEntriesResponse } from "../../functions/src/contracts/entries.ts";
import { untilAggregated } from "./harness/aggregated.ts";
import { call } from "./harness/callable.ts";
import { recordsFromNow, type SimRecord } from "./harness/model.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { find, get, type Stored } from "./harness/store.ts";
import { type ChatResponse, streamChat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

/** Every field of an entry (design, section 4) and the types that it may have in the store. */
const FIELDS: Readonly<Record<string, string>> = {
  entryId: "string",
  requestId: "string",
  attempt: "integer",
  nonce: "string",
  payloadHash: "string",
  kind: "string",
  correctsId: "null",
  userId: "string",
  orgId: "string",
  department: "string",
  apiKeyId: "null",
  sessionId: "string",
  agent: "string",
  phase: "string",
  operation: "string",
  endpoint: "string",
  tags: "array",
  metadata: "map",
  provider: "string",
  model: "string",
  modelRequested: "string",
  modelAnswered: "string",
  providerRequestId: "string",
  inputTokens: "integer",
  outputTokens: "integer",
  totalTokens: "integer",
  classes: "map",
  rawUsage: "map",
  costNanoUsd: "integer",
  inputCostNanoUsd: "integer",
  outputCostNanoUsd: "integer",
  classCosts: "array",
  costUsd: "string",
  priceVersion: "string",
  priceStatus: "string",
  serviceTier: "null",
  providerCostNanoUsd: "null",
  providerCostDiffers: "boolean",
  overrunNanoUsd: "integer",
  usageStatus: "string",
  estimatedBecause: "null",
  status: "string",
  latencyMs: "integer",
  firstChunkMs: "integer",
  startedAt: "timestamp",
  settledAt: "timestamp",
  day: "string",
  month: "string",
  originalDay: "null",
  shard: "integer",
  windows: "array",
  add: "map",
  schemaVersion: "integer",
  expireAt: "timestamp",
};

const CLAIMED = {
  sessionId: "morning/1",
  agent: "support.bot",
  phase: "draft",
  operation: "answer",
  tags: ["beta", "größe"],
  metadata: { ticket: "T-1", "team.name": "blue" },
};

describe("an entry", () => {
  let ann: Person;
  let answer: ChatResponse | undefined;
  let entry: Stored;
  let records: () => Promise<SimRecord[]>;

  beforeAll(async () => {
    ann = await signUp("entry", { orgId: "acme", department: "sales" });
    records = await recordsFromNow();
    const question = "How are you? [sim firstChunk=120 tokens=12 cached=3]";
    const more = { ...CLAIMED, requestId: "req/1", model: "openai/gpt-4o-mini" };
    ({ result: answer } = await streamChat(ann, question, more));
    entry = await get("usage_tracking", answer?.entryId ?? "");
  });

  it("has every field of the design, no other, each of its type", () => {
    const types = Object.entries(entry.raw).map(([field, value]) => [
      field,
      Object.keys(value)[0]?.replace("Value", ""),
    ]);
    expect(Object.fromEntries(types)).toEqual(FIELDS);
  });

  it("holds no number that is not an integer", () => {
    expect(JSON.stringify(entry.raw)).not.toContain("doubleValue");
  });

  it("says who called as the token proves it, and what the caller claims apart", () => {
    expect(entry.fields).toMatchObject({
      userId: ann.uid,
      orgId: "acme",
      department: "sales",
      ...CLAIMED,
      metadata: { ticket: "T-1", "team%2Ename": "blue" },
      requestId: "req/1",
      endpoint: "chat",
      kind: "call",
      attempt: 1,
    });
  });

  it("shows its owner the claims as they were given", async () => {
    const { items } = await call<ListEntriesResponse>("listEntries", ann, {});
    expect(items).toMatchObject([{ entryId: entry.id, ...CLAIMED }]);
  });

  it("names the model as it was asked for, as it answered, and as it is priced", () => {
    expect(entry.fields).toMatchObject({
      provider: "openai",
      modelRequested: "openai/gpt-4o-mini",
      modelAnswered: "gpt-4o-mini-2024-07-18",
      model: "openai/gpt-4o-mini",
      priceStatus: "priced",
      priceVersion: "openai:gpt-4o-mini:2024-07-18",
    });
  });

  it("keeps the provider's own usage and request id", async () => {
    const record = (await records()).find(
      ({ requestIdHeader }) => requestIdHeader === entry.fields.providerRequestId,
    );
    expect(entry.fields.rawUsage).toEqual(record?.usage);
    expect(entry.fields).toMatchObject({
      rawUsage: { completion_tokens: 12, prompt_tokens_details: { cached_tokens: 3 } },
    });
  });

  it("took as long as it took, the first piece included", () => {
    const { latencyMs, firstChunkMs, startedAt, settledAt } = entry.fields;
    expect(firstChunkMs).toBeGreaterThanOrEqual(120);
    expect(latencyMs).toBeGreaterThanOrEqual(Number(firstChunkMs));
    expect((settledAt as Date).getTime() - (startedAt as Date).getTime()).toBeGreaterThanOrEqual(
      Number(latencyMs),
    );
    expect(entry.fields.day).toBe((startedAt as Date).toISOString().slice(0, 10));
    expect(entry.fields.month).toBe((startedAt as Date).toISOString().slice(0, 7));
  });

  it("adds to month, session, day and totals exactly what it says", async () => {
    await untilAggregated([ann.uid]);
    const { add, month, userId } = entry.fields;
    const monthly = await get("usage_monthly", `${userId}_${month}`);
    expect(monthly.fields).toMatchObject({
      userId: ann.uid,
      month,
      orgId: "acme",
      department: "sales",
      totals: add,
      byModel: { "openai/gpt-4o-mini": add },
      byAgent: { "support%2Ebot": add },
      byOperation: { answer: add },
      byDay: { [String(entry.fields.day)]: add },
    });
    const session = await get("usage_sessions", `${userId}_morning%2F1`);
    const startedMs = (entry.fields.startedAt as Date).getTime();
    expect(session.fields).toMatchObject({
      totals: add,
      sessionId: "morning/1",
      firstAtMs: startedMs,
      lastAtMs: startedMs,
    });
  });

  it("leaves no hold behind", async () => {
    expect(await find("usage_holds", { userId: ann.uid })).toEqual([]);
  });
});
