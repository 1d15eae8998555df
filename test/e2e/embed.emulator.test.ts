import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { EmbedResponse } from "../../functions/src/contracts/embed.ts";
import { call, refusalOf } from "./harness/callable.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { get } from "./harness/store.ts";

jest.setTimeout(SLOW_MS);

const MODEL = "text-embedding-3-small";

describe("embed", () => {
  let ann: Person;
  beforeAll(async () => {
    ann = await signUp("embed");
  });
  const embed = (data: object) => call<EmbedResponse>("embed", ann, { model: MODEL, ...data });

  it("gives a vector of length 1 for a text", async () => {
    const { embeddings } = await embed({ input: "a red bicycle" });
    expect(embeddings).toHaveLength(1);
    expect(embeddings[0]).toHaveLength(1_536);
    expect(Math.hypot(...(embeddings[0] ?? []))).toBeCloseTo(1, 5);
  });

  it("gives the vectors of many texts in their order", async () => {
    const input = ["alpha", "beta", "gamma"];
    const { embeddings, usage } = await embed({ input });
    const alone = await Promise.all(input.map((text) => embed({ input: text })));
    expect(embeddings).toEqual(alone.map((each) => each.embeddings[0]));
    expect(usage.inputTokens).toBe(alone.reduce((sum, each) => sum + each.usage.inputTokens, 0));
  });

  it("gives as many dimensions as are asked for", async () => {
    const { embeddings } = await embed({ input: "short", dimensions: 64 });
    expect(embeddings[0]).toHaveLength(64);
  });

  it("writes an entry of its own kind", async () => {
    const { entryId, usage, cost } = await embed({ input: ["x", "y"], sessionId: "s" });
    const { fields } = await get("usage_tracking", entryId);
    expect(fields).toMatchObject({
      operation: "embedding",
      endpoint: "embed",
      sessionId: "s",
      inputTokens: usage.inputTokens,
      outputTokens: 0,
      outputCostNanoUsd: 0,
      costNanoUsd: cost.nanoUsd,
      firstChunkMs: null,
      status: "ok",
    });
  });

  it("answers although the provider tells no usage, and estimates it", async () => {
    const { entryId, embeddings, usage } = await embed({
      input: "what did it cost? [sim usage=none]",
    });
    expect(embeddings).toHaveLength(1);
    expect(usage.status).toBe("estimated");
    expect(usage.inputTokens).toBeGreaterThan(0);
    const { fields } = await get("usage_tracking", entryId);
    expect(fields).toMatchObject({ usageStatus: "estimated", estimatedBecause: "usage_missing" });
  });

  it("refuses a chat model by the name of the field", async () => {
    const { details } = await refusalOf("embed", ann, { model: "gpt-4o-mini", input: "x" });
    expect(details).toMatchObject({ reason: "INVALID_FIELD", field: "model" });
  });
});
