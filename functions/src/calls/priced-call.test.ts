import { describe, expect, it } from "@jest/globals";
import { PRICE_BOOK } from "../pricing/book.ts";
import { ownPrice } from "../pricing/testing/own-prices.ts";
import { withOwnPrices } from "../pricing/with-own-prices.ts";
import { chat } from "./chat.ts";
import { estimateCost } from "./estimate-cost.ts";
import {
  callWorld,
  chatOf,
  listener,
  requestOf,
  STARTED_MS,
  settled,
} from "./testing/call-world.ts";
import { answer } from "./testing/scripted-provider.ts";
import { trackUsage } from "./track-usage.ts";

const OWN = withOwnPrices(PRICE_BOOK, [ownPrice(), ownPrice({ model: "gpt-4o-mini" })]);

function setUp() {
  const world = callWorld();
  const said = async (model: string, more: Parameters<typeof answer>[1] = {}) => {
    const result = chat(world.deps, chatOf({ model }), listener().listening);
    await settled();
    world.provider.chats.at(-1)?.sink.onDone(answer("Hi", { modelAnswered: null, ...more }));
    return result;
  };
  return { ...world, said };
}

/** 1 000 tokens in at 10 dollars per million, 500 out at 30: 25 000 000 nanoUSD. */
const OWN_COST = { nanoUsd: 25_000_000, inputNanoUsd: 10_000_000, priceStatus: "priced" };

describe("a call under prices of one's own", () => {
  it("is billed at them, whether the book knows the model or not", async () => {
    const { state, said, entries } = setUp();
    state.book = OWN;
    expect((await said("gpt-9")).cost).toMatchObject(OWN_COST);
    expect((await said("gpt-4o-mini")).cost).toMatchObject(OWN_COST);
    const versions = entries().map(({ model, priceVersion }) => [model, priceVersion]);
    expect(Object.fromEntries(versions)).toEqual({
      "openai/gpt-9": "own:openai:gpt-9:2026-11-01",
      "openai/gpt-4o-mini": "own:openai:gpt-4o-mini:2026-11-01",
    });
  });

  it("keeps the price of its start when that changes while it runs", async () => {
    const { state, deps, provider } = setUp();
    const result = chat(deps, chatOf({ model: "gpt-4o-mini" }), listener().listening);
    await settled();
    state.book = OWN;
    provider.chats.at(-1)?.sink.onDone(answer("Hi"));
    expect((await result).cost).toMatchObject({ nanoUsd: 450_000 });
  });

  it("is not doubted for an answer by a version of the same shipped price", async () => {
    const { state, said } = setUp();
    state.book = withOwnPrices(PRICE_BOOK, [ownPrice({ model: "gpt-4o" })]);
    const { usage, cost } = await said("gpt-4o", { modelAnswered: "gpt-4o-2024-08-06" });
    expect([usage.status, cost.nanoUsd]).toEqual(["exact", OWN_COST.nanoUsd]);
  });

  it("is estimated at them", async () => {
    const { state, deps } = setUp();
    const estimate = () => estimateCost(deps, chatOf({ model: "gpt-9" }));
    expect(await estimate()).toMatchObject({ priceStatus: "unpriced", maxCostNanoUsd: null });
    state.book = OWN;
    expect(await estimate()).toMatchObject({
      priceStatus: "priced",
      maxCostNanoUsd: 12 * 10_000 + 4_096 * 30_000,
    });
  });

  it("that was made elsewhere has the price of its start", async () => {
    const { state, deps } = setUp();
    state.book = OWN;
    const track = (requestId: string, startedAtMs: number) =>
      trackUsage(deps, {
        request: { ...requestOf({ model: "openai/gpt-4o-mini" }), requestId },
        rawUsage: { input: 1_000, output: 500 },
        status: "ok",
        latencyMs: 1,
        startedAtMs,
      });
    expect((await track("now", STARTED_MS)).cost).toMatchObject(OWN_COST);
    const before = Date.parse("2026-10-31T23:59:59.999Z");
    expect((await track("before", before)).cost).toMatchObject({ nanoUsd: 450_000 });
  });
});

describe("a call that the provider served in another tier", () => {
  it.each([
    [undefined, 6_250_000, "openai:gpt-5:2025-08-07", null],
    ["standard", 6_250_000, "openai:gpt-5:2025-08-07", null],
    ["flex", 3_125_000, "openai:gpt-5:2025-08-07:flex", "flex"],
    ["priority", 12_500_000, "openai:gpt-5:2025-08-07:priority", "priority"],
  ])("is billed as %s", async (serviceTier, nanoUsd, priceVersion, stored) => {
    const { said, entries } = setUp();
    const { cost } = await said("gpt-5", { serviceTier });
    expect(cost).toMatchObject({ nanoUsd, priceVersion });
    expect(entries()[0]).toMatchObject({ serviceTier: stored });
  });

  it("has no price when that tier has none", async () => {
    const { said, entries } = setUp();
    const { cost } = await said("gpt-4o", { serviceTier: "scale" });
    expect(cost.priceStatus).toBe("unpriced");
    expect(entries()[0]).toMatchObject({ serviceTier: "scale", unpricedAt: new Date(STARTED_MS) });
  });
});
