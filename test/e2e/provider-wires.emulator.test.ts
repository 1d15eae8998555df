import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { call, refusalOf, resultOf } from "./harness/callable.ts";
import { recordsFromNow } from "./harness/model.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { get } from "./harness/store.ts";
import { chat, joinedText, saying, streamChat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

interface Wire {
  /** As it is asked for. */
  readonly model: string;
  /** Under which it is counted; the same unless a deployment stands for it. */
  readonly counted?: string;
  /** attoUSD per token of input, cached input, output: a second account, apart from the price book. */
  readonly rates: readonly [bigint, bigint, bigint];
  readonly endpoint: string;
}

const WIRES: Readonly<Record<string, Wire>> = {
  openai: {
    model: "openai/gpt-4o-mini",
    rates: [150_000_000_000n, 75_000_000_000n, 600_000_000_000n],
    endpoint: "/v1/chat/completions",
  },
  anthropic: {
    model: "anthropic/claude-haiku-4-5",
    rates: [1_000_000_000_000n, 100_000_000_000n, 5_000_000_000_000n],
    endpoint: "/anthropic/v1/messages",
  },
  openrouter: {
    model: "openrouter/openai/gpt-4o-mini",
    rates: [150_000_000_000n, 75_000_000_000n, 600_000_000_000n],
    endpoint: "/openrouter/api/v1/chat/completions",
  },
  azure: {
    model: "azure/sim-deployment",
    counted: "azure/gpt-4o-mini",
    rates: [150_000_000_000n, 75_000_000_000n, 600_000_000_000n],
    endpoint: "/azure/openai/v1/chat/completions",
  },
  google: {
    model: "google/gemini-2.5-flash",
    rates: [300_000_000_000n, 30_000_000_000n, 2_500_000_000_000n],
    endpoint: "/google/v1beta/openai/chat/completions",
  },
};

/** What may differ between two entries of the same call. */
const OWN = [
  "entryId",
  "requestId",
  "nonce",
  "providerRequestId",
  "latencyMs",
  "firstChunkMs",
  "startedAt",
  "settledAt",
  "shard",
];

let ann: Person;
beforeAll(async () => {
  ann = await signUp("wires");
});

async function entryOf(entryId: string) {
  const { fields } = await get("usage_tracking", entryId);
  return fields;
}

function shared(entry: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { add, ...rest } = entry;
  const { latencyMsSum, ...counters } = add as Record<string, unknown>;
  const kept = Object.entries({ ...rest, add: counters }).filter(([name]) => !OWN.includes(name));
  return Object.fromEntries(kept);
}

describe.each(Object.entries(WIRES))(
  "%s",
  (provider, { model, counted = model, rates, endpoint }) => {
    const question = "What is a ledger? [sim tokens=40 cached=8 reasoning=16]";

    it("has the same entry for a call, plain and streamed, and the model's own count", async () => {
      const records = await recordsFromNow();
      const plain = await chat(ann, question, { model });
      const streamed = await streamChat(ann, question, { model });
      const result = resultOf("chat", streamed);
      expect(joinedText(streamed)).toBe(plain.text);
      expect(result).toMatchObject({ text: plain.text, model: counted, finishReason: "stop" });

      const [one, two] = [await entryOf(plain.entryId), await entryOf(result.entryId)];
      expect(shared(two)).toEqual(shared(one));
      expect(one).toMatchObject({ provider, usageStatus: "exact", status: "ok" });

      const mine = (await records()).filter(({ requestIdHeader }) =>
        [one, two].some((entry) => entry.providerRequestId === requestIdHeader),
      );
      expect(mine.map((record) => [record.endpoint, record.stream])).toEqual([
        [endpoint, false],
        [endpoint, true],
      ]);
      const [record] = mine;
      expect(one.inputTokens).toBe(record?.promptTokens);
      expect(one.outputTokens).toBe(record?.completionTokens);
      expect(BigInt(plain.cost.nanoUsd) * 1_000_000_000n).toBe(billed(record?.promptTokens ?? 0));

      function billed(promptTokens: number): bigint {
        const cached = provider === "google" ? 0 : 8; // whose endpoint does not tell them
        const [input, cachedInput, output] = rates;
        return BigInt(promptTokens - cached) * input + BigInt(cached) * cachedInput + 56n * output;
      }
    });

    it("gives tool calls, plain and streamed alike, and takes their results back", async () => {
      const parameters = { type: "object", properties: { place: { type: "string" } } };
      const tool = { type: "function", function: { name: "get_weather", parameters } };
      const asked = { role: "user", content: "Weather in Bern? [sim tool=get_weather]" };
      const more = { model, tools: [tool] };
      const first = await chat(ann, "", { ...more, messages: [asked] });
      const again = resultOf("chat", await streamChat(ann, "", { ...more, messages: [asked] }));
      const [plain, streamed] = [first, again].map(({ toolCalls }) => toolCalls?.[0]?.function);
      expect(first.finishReason).toBe("tool_calls");
      expect(plain?.name).toBe("get_weather");
      expect(JSON.parse(streamed?.arguments ?? "")).toEqual(JSON.parse(plain?.arguments ?? "{}"));

      const used = { role: "assistant", content: null, tool_calls: first.toolCalls };
      const told = { role: "tool", tool_call_id: first.toolCalls?.[0]?.id, content: "sunny" };
      const second = await chat(ann, "", { ...more, messages: [asked, used, told] });
      expect(second).toMatchObject({ finishReason: "stop", text: expect.stringMatching(/\w/) });
    });

    it("leaves an estimated entry for a stream that the provider cuts", async () => {
      const cut = await streamChat(ann, `Cut ${provider} [sim cutAfter=5 tokens=40]`, { model });
      expect(joinedText(cut)).not.toBe("");
      const { reason, entryId } = cut.error?.details ?? {};
      expect(reason).toBe("PROVIDER_UNAVAILABLE");
      const entry = await entryOf(String(entryId));
      expect(entry).toMatchObject({
        status: "error",
        usageStatus: "estimated",
        estimatedBecause: "stream_ended_early",
      });
      expect(entry.inputTokens).toBeGreaterThan(0);
      expect(entry.outputTokens).toBeGreaterThanOrEqual(5);
      expect(entry.costNanoUsd).toBeGreaterThan(0);
    });

    it("tells a rate limit, and that there is no such model", async () => {
      const limited = await refusalOf("chat", ann, saying("Stop [sim fault=429]", { model }));
      expect(limited.details).toMatchObject({ reason: "PROVIDER_RATE_LIMITED" });
      const unknown = await refusalOf(
        "chat",
        ann,
        saying("Hi", { model: `${provider}/none-such` }),
      );
      expect(unknown.details).toMatchObject({ reason: "UNKNOWN_MODEL", httpStatus: 404 });
    });
  },
);

describe("OpenRouter's own cost", () => {
  it("stands beside ours, and is flagged when it is another", async () => {
    const model = "openrouter/openai/gpt-4o-mini";
    const same = await chat(ann, "Agree? [sim tokens=9]", { model });
    const other = await chat(ann, "Agree? [sim tokens=9 overcharge=500]", { model });
    expect(await entryOf(same.entryId)).toMatchObject({
      providerCostNanoUsd: same.cost.nanoUsd,
      providerCostDiffers: false,
    });
    expect(await entryOf(other.entryId)).toMatchObject({
      providerCostNanoUsd: other.cost.nanoUsd + 500,
      providerCostDiffers: true,
    });
  });

  it("is the cost of a model that has no price here", async () => {
    const { cost, entryId } = await chat(ann, "Hi [sim tokens=10]", {
      model: "openrouter/sim/unlisted",
    });
    expect(cost).toMatchObject({ priceStatus: "provider", priceVersion: null });
    const entry = await entryOf(entryId);
    expect(cost.nanoUsd).toBe(Number(entry.inputTokens) * 300 + 10 * 1_100);
    expect(entry).toMatchObject({ providerCostNanoUsd: cost.nanoUsd, providerCostDiffers: false });
  });

  it("is 0 for a free model", async () => {
    const { cost } = await chat(ann, "Hi", { model: "openrouter/deepseek/deepseek-r1:free" });
    expect(cost).toMatchObject({ nanoUsd: 0, priceStatus: "free" });
  });
});

interface Embedded {
  readonly embeddings: readonly (readonly number[])[];
  readonly usage: { readonly inputTokens: number };
  readonly cost: { readonly priceStatus: string };
}

describe("embeddings", () => {
  it.each([
    ["openrouter/openai/text-embedding-3-small", "unpriced"],
    ["azure/text-embedding-3-small", "priced"],
    ["google/gemini-embedding-001", "priced"],
  ])("come from %s, %s", async (model, priceStatus) => {
    const input = ["one two three", "four"];
    const answer = await call<Embedded>("embed", ann, { model, input, dimensions: 8 });
    expect(answer.embeddings.map((vector) => vector.length)).toEqual([8, 8]);
    expect(answer).toMatchObject({ usage: { inputTokens: 4 }, cost: { priceStatus } });
  });

  it("do not come from Anthropic", async () => {
    const request = { model: "anthropic/claude-none-such", input: "one" };
    const { details } = await refusalOf("embed", ann, request);
    expect(details).toMatchObject({ reason: "INVALID_FIELD", field: "model" });
  });
});

describe("what a provider cannot do", () => {
  it.each([
    ["anthropic/claude-haiku-4-5", { seed: 1 }, "seed"],
    ["anthropic/claude-haiku-4-5", { temperature: 1.5 }, "temperature"],
    ["anthropic/claude-haiku-4-5", { responseFormat: { type: "json_object" } }, "responseFormat"],
    ["google/gemini-2.5-flash", { seed: 1 }, "seed"],
  ])("is refused of %s before anything is sent: %j", async (model, more, field) => {
    const records = await recordsFromNow();
    const text = `never sent ${field}`;
    for (const door of ["chat", "estimateCost"]) {
      const { details } = await refusalOf(door, ann, saying(text, { model, ...more }));
      expect(details).toMatchObject({ reason: "INVALID_FIELD", field });
    }
    expect((await records()).filter(({ outcome }) => outcome === "refused")).toEqual([]);
  });
});
