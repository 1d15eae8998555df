import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { EstimateCostResponse } from "../../functions/src/contracts/estimate-cost.ts";
import { call } from "./harness/callable.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { entriesOf } from "./harness/sums.ts";
import { type ChatResponse, saying } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

const LOOK_UP = {
  type: "function",
  function: {
    name: "look_up",
    parameters: { type: "object", properties: { q: { type: "string" } } },
  },
};

/** Requests whose estimate has to be at least what they then cost. */
const REQUESTS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["a plain question", saying("How long is a month?", { maxOutputTokens: 60 })],
  ["cached input", saying(`${"word ".repeat(200)}[sim cached=150]`, { maxOutputTokens: 80 })],
  ["another alphabet", saying("Сколько стоит? 值段は？ 🙂🙂🙂", { maxOutputTokens: 50 })],
  ["tools", saying("Look. [sim tool=look_up]", { tools: [LOOK_UP], maxOutputTokens: 90 })],
  ["reasoning", saying("Think. [sim reasoning=64]", { model: "gpt-5-mini", maxOutputTokens: 200 })],
  [
    "a conversation",
    {
      model: "gpt-4o",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hello", name: "ann" },
        { role: "assistant", content: "Hello Ann" },
        {
          role: "user",
          content: [
            { type: "text", text: "And" },
            { type: "text", text: " now?" },
          ],
        },
      ],
      maxOutputTokens: 70,
    },
  ],
];

describe("estimateCost", () => {
  let ann: Person;
  beforeAll(async () => {
    ann = await signUp("estimate");
  });
  const estimate = (data: object) => call<EstimateCostResponse>("estimateCost", ann, data);

  it.each(REQUESTS)("is never below what the call then costs: %s", async (_, request) => {
    const { inputTokens, maxCostNanoUsd } = await estimate(request);
    const { usage, cost } = await call<ChatResponse>("chat", ann, request);
    expect(inputTokens).toBeGreaterThanOrEqual(usage.inputTokens);
    expect(inputTokens).toBeLessThanOrEqual(usage.inputTokens * 1.5 + 20);
    expect(maxCostNanoUsd).toBeGreaterThanOrEqual(cost.nanoUsd);
  });

  it("says where the tokens come from, in parts that add up", async () => {
    const { inputTokens, parts } = await estimate({
      model: "gpt-4o-mini",
      messages: [
        { role: "system", content: "You are helpful." },
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello" },
        { role: "user", content: "Look it up" },
      ],
      tools: [LOOK_UP],
    });
    for (const part of Object.values(parts)) expect(part).toBeGreaterThan(0);
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(inputTokens);
  });

  /* gpt-4o-mini: 4 096 tokens at 600 nanoUSD, and the input at 150. */
  it("reckons with the default output when the caller sets none", async () => {
    const { inputTokens, maxOutputTokens, ...cost } = await estimate(saying("Hi"));
    expect(maxOutputTokens).toBe(4_096);
    expect(cost.maxCostNanoUsd).toBe(inputTokens * 150 + 4_096 * 600);
    expect(cost).toMatchObject({ priceStatus: "priced", allowed: true });
  });

  it("knows no price of a model that has none", async () => {
    const unpriced = await estimate(saying("Hi", { model: "sim-unpriced" }));
    expect(unpriced).toMatchObject({
      maxCostNanoUsd: null,
      maxCostUsd: null,
      priceStatus: "unpriced",
    });
    const free = await estimate(saying("Hi", { model: "sim-free" }));
    expect(free).toMatchObject({ maxCostNanoUsd: 0, maxCostUsd: "0.00", priceStatus: "free" });
  });

  it("calls no model and writes nothing", async () => {
    const before = await entriesOf(ann.uid);
    await estimate(saying("Hi [sim fault=500]"));
    expect(await entriesOf(ann.uid)).toHaveLength(before.length);
  });
});
