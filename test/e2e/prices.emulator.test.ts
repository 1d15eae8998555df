import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { EmbedResponse } from "../../functions/src/contracts/embed.ts";
import { untilAggregated } from "./harness/aggregated.ts";
import { call } from "./harness/callable.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { get } from "./harness/store.ts";
import { chat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

describe("a call's cost", () => {
  let ann: Person;
  beforeAll(async () => {
    ann = await signUp("prices");
  });

  /*
   * gpt-4o-mini at $0.15, cached $0.075 and $0.60 per million tokens, so 150, 75 and 600 nanoUSD a token:
   * 26 x 150 + 20 x 75 + 86 x 600 = 3 900 + 1 500 + 51 600 = 57 000 nanoUSD.
   */
  it("charges cached input at its own rate, once", async () => {
    const answer = await chat(ann, `${"one ".repeat(30)}[sim cached=20 tokens=86]`);
    expect(answer.usage).toMatchObject({
      inputTokens: 46,
      outputTokens: 86,
      classes: { input: 26, cacheRead: 20, output: 86 },
    });
    expect(answer.cost).toMatchObject({
      nanoUsd: 57_000,
      inputNanoUsd: 5_400,
      outputNanoUsd: 51_600,
      usd: "0.000057",
    });
  });

  /*
   * gpt-5-mini at $0.25, cached $0.025 and $2 per million: 250, 25 and 2 000 nanoUSD a token.
   * 15 x 250 + 10 x 25 + 15 x 2 000 + 50 x 2 000 = 3 750 + 250 + 30 000 + 100 000 = 134 000 nanoUSD.
   */
  it("charges reasoning as the output that it is part of, on a line of its own", async () => {
    const question = "Think about a short question. [sim cached=10 reasoning=50 tokens=15]";
    const answer = await chat(ann, question, { model: "gpt-5-mini" });
    expect(answer.usage).toMatchObject({
      outputTokens: 65,
      classes: { input: 15, cacheRead: 10, output: 15, reasoning: 50 },
    });
    const { fields } = await get("usage_tracking", answer.entryId);
    expect(fields).toMatchObject({
      costNanoUsd: 134_000,
      costUsd: "0.000134",
      classCosts: [
        { class: "input", tokens: 15, usdPerMillion: "0.25", amountUsd: "0.00000375" },
        { class: "cacheRead", tokens: 10, usdPerMillion: "0.025", amountUsd: "0.00000025" },
        { class: "output", tokens: 15, usdPerMillion: "2.00", amountUsd: "0.00003" },
        { class: "reasoning", tokens: 50, usdPerMillion: "2.00", amountUsd: "0.0001" },
      ],
    });
  });

  /* text-embedding-3-small at $0.02 per million: 20 nanoUSD a token. */
  it("charges embeddings by their input alone", async () => {
    const { usage, cost } = await call<EmbedResponse>("embed", ann, {
      model: "text-embedding-3-small",
      input: "one two three",
    });
    expect(usage).toMatchObject({ inputTokens: 3, outputTokens: 0, classes: { input: 3 } });
    expect(cost).toMatchObject({ nanoUsd: 60, usd: "0.00000006", priceStatus: "priced" });
  });
});

describe("a model's price", () => {
  it("of nothing is free: its tokens are counted apart from what is paid", async () => {
    const ann = await signUp("free");
    const { usage, cost, entryId } = await chat(ann, "Hi [sim tokens=9]", { model: "sim-free" });
    expect(cost).toMatchObject({ nanoUsd: 0, usd: "0.00", priceStatus: "free" });
    await untilAggregated([ann.uid]);
    const { totals, byModel } = await monthOf(entryId);
    expect(totals).toMatchObject({ calls: 1, freeCalls: 1, freeTokens: usage.totalTokens });
    expect(totals).not.toHaveProperty("costNanoUsd");
    expect(Object.keys(byModel as object)).toEqual(["openai/sim-free"]);
  });

  it("that nobody knows is not zero: the entry is unpriced, its tokens are counted", async () => {
    const ann = await signUp("unpriced");
    const answer = await chat(ann, "Hi [sim tokens=9]", { model: "sim-unpriced" });
    const { usage, cost, entryId } = answer;
    expect(cost).toMatchObject({ nanoUsd: 0, priceStatus: "unpriced", priceVersion: null });
    expect(usage).toMatchObject({ outputTokens: 9, status: "exact" });
    await untilAggregated([ann.uid]);
    const { totals, byModel } = await monthOf(entryId);
    expect(totals).toMatchObject({
      calls: 1,
      totalTokens: usage.totalTokens,
      unpricedCalls: 1,
      unpricedTokens: usage.totalTokens,
    });
    expect(totals).not.toHaveProperty("freeCalls");
    expect(Object.keys(byModel as object)).toEqual(["~unknown"]);
  });
});

/** The month that an entry is booked in. */
async function monthOf(entryId: string) {
  const { userId, month } = (await get("usage_tracking", entryId)).fields;
  return (await get("usage_monthly", `${userId}_${month}`)).fields;
}
