import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { untilAggregated } from "./harness/aggregated.ts";
import { resultOf } from "./harness/callable.ts";
import { recordsFromNow, type SimRecord } from "./harness/model.ts";
import { inParallel } from "./harness/parallel.ts";
import { type Person, signUp } from "./harness/people.ts";
import { billedNanoUsd } from "./harness/prices.ts";
import { find, type Stored, snapshot } from "./harness/store.ts";
import { sumOfEntries, sumOfField, sumOverKeys, sumTrees, type Tree } from "./harness/sums.ts";
import { type ChatResponse, chat, joinedText, streamChat } from "./harness/talk.ts";

const REQUESTS = 500;
const CONCURRENCY = 8;
const USERS = 4;
const MODELS = ["gpt-4o-mini", "gpt-4o", "gpt-5-mini", "o3", "gpt-4.1-mini", "sim-free"];

jest.setTimeout(180_000);

/** Names of this run alone, by which its part of shared documents is told apart. */
const run = `exact-${randomUUID().slice(0, 8)}`;

/** Numbers that share no factor, so that every combination comes up. */
function request(index: number) {
  const cached = (index * 3) % 17;
  const tokens = 3 + ((index * 7) % 41);
  return {
    content: `Question ${index} of many, to be answered. [sim cached=${cached} tokens=${tokens}]`,
    more: {
      model: MODELS[index % MODELS.length],
      sessionId: `s${index % 5}`,
      agent: `${run}.${index % 3}`,
      phase: run,
      operation: run,
      ...(index % 7 === 0 ? { requestId: `${run}-${index}` } : {}),
    },
  };
}

async function converse(who: Person, index: number): Promise<ChatResponse> {
  const { content, more } = request(index);
  if (index % 2 === 0) return chat(who, content, more);
  const answer = await streamChat(who, content, more);
  expect(joinedText(answer)).toBe(answer.result?.text);
  return resultOf("chat", answer);
}

/** Of one instant: what the entries say, and what aggregates and outbox say together. */
async function bothSidesNow(): Promise<{ entries: Tree; counted: Tree }> {
  const transaction = await snapshot();
  const [entries, days, outbox] = await Promise.all([
    find("usage_tracking", { orgId: run }, { transaction }),
    find("usage_daily", {}, { transaction }),
    find("usage_outbox", {}, { transaction }),
  ]);
  const targets = outbox.flatMap(({ fields }) => fields.targets as { add: Tree }[]);
  const pending = targets.map(({ add }) => ({ fields: add }) as unknown as Stored);
  return { entries: sumOfEntries(entries), counted: partOf([...days, ...pending], "byOrg") };
}

/** This run's part of a map in shared documents. */
function partOf(documents: readonly Stored[], field: string): Tree {
  return (sumOfField(documents, field)[run] ?? {}) as Tree;
}

describe(`${REQUESTS} requests, ${CONCURRENCY} at a time, every other one streamed`, () => {
  let people: Person[];
  let answers: ChatResponse[];
  let entries: Stored[];
  let records: SimRecord[];
  let sum: Tree;
  const instants: { entries: Tree; counted: Tree }[] = [];

  beforeAll(async () => {
    people = await Promise.all(
      Array.from({ length: USERS }, () => signUp("exact", { orgId: run, department: run })),
    );
    const recordsSince = await recordsFromNow();
    const startedMs = performance.now();
    answers = await inParallel(REQUESTS, CONCURRENCY, async (index) => {
      if (index % 125 === 60) instants.push(await bothSidesNow());
      return converse(people[index % USERS] as Person, index);
    });
    const answeredMs = performance.now();
    entries = await untilAggregated(people.map(({ uid }) => uid));
    const aggregatedMs = performance.now();
    const requestIds = new Set(entries.map(({ fields }) => fields.providerRequestId));
    records = (await recordsSince()).filter((each) => requestIds.has(each.requestIdHeader));
    sum = sumOfEntries(entries);
    const seconds = (ms: number) => (ms / 1_000).toFixed(1);
    process.stdout.write(
      `${REQUESTS} requests in ${seconds(answeredMs - startedMs)} s, aggregated ` +
        `${seconds(aggregatedMs - answeredMs)} s later: ${sum.totalTokens} tokens, ${sum.costNanoUsd} nanoUSD\n`,
    );
  }, 180_000);

  it("leave as many entries, one for each answer", () => {
    expect(entries).toHaveLength(REQUESTS);
    expect(new Set(entries.map(({ id }) => id))).toEqual(
      new Set(answers.map(({ entryId }) => entryId)),
    );
    expect(sum).toMatchObject({ requests: REQUESTS, calls: REQUESTS });
  });

  it("are billed one by one as the model's own records say, priced apart", () => {
    const byRequest = new Map(records.map((record) => [record.requestIdHeader, record]));
    const billed = entries.map(({ fields }) => {
      const record = byRequest.get(String(fields.providerRequestId));
      return record && { nanoUsd: Number(billedNanoUsd(record)), tokens: tokensOf(record) };
    });
    const booked = entries.map(({ fields }) => ({
      nanoUsd: fields.costNanoUsd,
      tokens: [fields.inputTokens, fields.outputTokens],
    }));
    expect(booked).toEqual(billed);
    const total = records.reduce((nanoUsd, record) => nanoUsd + billedNanoUsd(record), 0n);
    expect(BigInt(sum.costNanoUsd as number)).toBe(total);
  });

  it("are in the users' months, in every way that a month is divided", async () => {
    const months = await documentsOf("usage_monthly");
    expect(sumOfField(months, "totals")).toEqual(sum);
    for (const map of ["byModel", "byAgent", "byOperation", "byDay"]) {
      expect(sumOverKeys(sumOfField(months, map))).toEqual(sum);
    }
  });

  it("are in their sessions", async () => {
    const sessions = await documentsOf("usage_sessions");
    expect(sessions).toHaveLength(USERS * 5);
    expect(sumOfField(sessions, "totals")).toEqual(sum);
    expect(sumOverKeys(sumOfField(sessions, "byModel"))).toEqual(sum);
    expect(sumOverKeys(sumOfField(sessions, "byAgent"))).toEqual(sum);
  });

  it("are in the days, spread over shards", async () => {
    const days = await find("usage_daily");
    expect(partOf(days, "byOrg")).toEqual(sum);
    expect(partOf(days, "byDepartment")).toEqual(sum);
    const shards = new Set(entries.map(({ fields }) => fields.shard));
    expect(shards.size).toBeGreaterThan(8);
  });

  it("are in the totals since the beginning", async () => {
    const totals = await find("usage_totals");
    const { calls, totalTokens, costNanoUsd } = sum;
    const thin = { calls, totalTokens, costNanoUsd };
    expect(partOf(totals, "byOperation")).toEqual(thin);
    const phases = Object.entries(sumOfField(totals, "byModelPhase"));
    const own = phases.filter(([pair]) => pair.endsWith(`|${run}`)).map(([, tree]) => tree as Tree);
    expect(sumTrees(own)).toEqual(thin);
  });

  it("are at every instant in the aggregates or still in the outbox", () => {
    expect(instants).toHaveLength(4);
    for (const { entries: written, counted } of instants) {
      expect(written.calls).toBeGreaterThan(0);
      expect(counted).toEqual(written);
    }
  });

  async function documentsOf(collection: string): Promise<Stored[]> {
    return (await Promise.all(people.map(({ uid }) => find(collection, { userId: uid })))).flat();
  }
});

function tokensOf({ promptTokens, completionTokens }: SimRecord): number[] {
  return [promptTokens, completionTokens];
}
