import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { GetCapabilitiesResponse } from "../../functions/src/contracts/capabilities.ts";
import type { EstimateCostResponse } from "../../functions/src/contracts/estimate-cost.ts";
import type {
  ListModelPricesResponse,
  SetModelPriceResponse,
} from "../../functions/src/contracts/model-prices.ts";
import type { TrackUsageResponse } from "../../functions/src/contracts/track-usage.ts";
import { call, refusalOf } from "./harness/callable.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { find } from "./harness/store.ts";
import { chat, saying } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

/** Served, but not in the book; of this file alone, for own prices act on every test of the stack. */
const MODEL = "sim-newcomer";
const TERMS = { effectiveFrom: "2026-01-01", rates: { input: "10", cacheRead: "1", output: "30" } };

describe("prices of one's own", () => {
  let admin: Person;
  let ann: Person;
  beforeAll(async () => {
    [admin, ann] = await Promise.all([signUp("own-admin", { admin: true }), signUp("own-ann")]);
  });
  const set = (model: string, more: object = {}) =>
    call<SetModelPriceResponse>("setModelPrice", admin, {
      provider: "openai",
      model,
      ...TERMS,
      ...more,
    });
  const track = (requestId: string, model: string, at: string) =>
    call<TrackUsageResponse>("trackUsage", admin, {
      requestId,
      userId: ann.uid,
      provider: "openai",
      model,
      usage: { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 },
      at,
    });

  it("make a model that the book lacks callable at a price, known to every door", async () => {
    const before = await chat(ann, "Hello", { model: MODEL });
    expect(before.cost.priceStatus).toBe("unpriced");
    const made = await set(MODEL, { source: "contract 7" });
    expect(made).toMatchObject({
      priceId: "openai:sim-newcomer:2026-01-01",
      priceVersion: "own:openai:sim-newcomer:2026-01-01",
    });
    expect(Date.parse(made.effectiveBy)).toBeLessThanOrEqual(Date.now() + 30_000);
    const { usage, cost } = await chat(ann, "Hello [sim tokens=7]", { model: MODEL });
    expect(cost).toMatchObject({
      nanoUsd: usage.inputTokens * 10_000 + usage.outputTokens * 30_000,
      priceVersion: made.priceVersion,
    });
    const estimate = await call<EstimateCostResponse>(
      "estimateCost",
      ann,
      saying("Hello", { model: MODEL, maxOutputTokens: 10 }),
    );
    expect(estimate.maxCostNanoUsd).toBe(estimate.inputTokens * 10_000 + 10 * 30_000);
    const { models } = await call<GetCapabilitiesResponse>("getCapabilities", ann, {});
    expect(models.filter(({ model }) => model === `openai/${MODEL}`)).toHaveLength(1);
    const [stored] = await find("model_prices", { priceId: made.priceId });
    expect(stored?.fields).toMatchObject({
      ...TERMS,
      source: "contract 7",
      createdBy: admin.uid,
      revision: 1,
    });
  });

  it("win over the shipped price from their instant on", async () => {
    await set("gpt-4", { effectiveFrom: "2026-06-01T12:00:00Z" });
    const before = await track("before", "gpt-4", "2026-06-01T11:59:59.999Z");
    expect(before.cost).toMatchObject({ nanoUsd: 60_000_000 });
    const after = await track("after", "gpt-4", "2026-06-01T12:00:00.000Z");
    expect(after.cost).toMatchObject({
      nanoUsd: 25_000_000,
      priceVersion: "own:openai:gpt-4:2026-06-01T12:00:00.000Z",
    });
  });

  it("are listed over the shipped ones, with the models that still have none", async () => {
    await track("unknown 1", "own-list-unknown", new Date().toISOString());
    await track("unknown 2", "own-list-unknown", new Date().toISOString());
    await set("gpt-4.1-mini", { effectiveTo: "2026-02-01" });
    const list = (more: object) =>
      call<ListModelPricesResponse>("listModelPrices", admin, { provider: "openai", ...more });
    const { items, unpriced } = await list({ model: "gpt-4.1-mini" });
    expect(items.map(({ origin, inForce }) => [origin, inForce])).toEqual([
      ["own", false],
      ["shipped", true],
    ]);
    expect(items[0]).toMatchObject({
      model: "openai/gpt-4.1-mini",
      terms: { ...TERMS, effectiveTo: "2026-02-01" },
      createdBy: admin.uid,
    });
    const mine = unpriced.find(({ model }) => model === "openai/own-list-unknown");
    expect(mine).toMatchObject({
      provider: "openai",
      calls: 2,
      tokens: 3_000,
      isPricedNow: false,
    });
  });

  it.each([
    ["a negative rate", { rates: { input: "-1", output: "2" } }, "rates.input"],
    ["a rate that is no decimal", { rates: { input: "cheap", output: "2" } }, "rates.input"],
    ["no rate of output", { rates: { input: "1" } }, "rates.output"],
    ["an overlap", { effectiveFrom: "2026-01-15" }, "effectiveFrom"],
  ])("are refused with %s", async (_what, more, field) => {
    await set("own-refused", { effectiveTo: "2026-02-01" });
    const request = { provider: "openai", model: "own-refused", ...TERMS, ...more };
    const { status, details } = await refusalOf("setModelPrice", admin, request);
    expect([status, details?.reason, details?.field]).toEqual([
      "INVALID_ARGUMENT",
      "INVALID_FIELD",
      field,
    ]);
  });

  it("are the administrators' affair", async () => {
    const price = { provider: "openai", model: "gpt-4o", ...TERMS };
    for (const [door, data] of [
      ["setModelPrice", price] as const,
      ["listModelPrices", {}] as const,
    ])
      expect((await refusalOf(door, ann, data)).details?.reason).toBe("NOT_ADMIN");
  });
});
