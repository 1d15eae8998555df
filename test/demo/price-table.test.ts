import { describe, expect, it } from "@jest/globals";
import { billedNanoUsd } from "../../tools/demo/price-table.ts";
import { loadConversations, loadEmbeddingJobs } from "../../tools/demo/samples/samples.ts";
import { usage } from "./fixtures.ts";

describe("the independent price of a record", () => {
  it.each([
    ["input, cached input and output apart", "gpt-4o-mini", usage(1_204, 1_024, 86), 155_400n],
    ["reasoning as output", "o3", usage(100, 0, 10, 64), 792_000n],
    ["nothing of a free model", "sim-free", usage(5_000, 0, 5_000), 0n],
    ["embeddings", "text-embedding-3-large", { prompt_tokens: 7, total_tokens: 7 }, 910n],
    ["nothing where nothing was billed", "gpt-4o", null, 0n],
    ["nothing of a model without a price here", "gpt-99", usage(1, 0, 1), undefined],
  ])("counts %s", (_, modelRequested, billed, nanoUsd) => {
    expect(billedNanoUsd({ modelRequested, usage: billed })).toBe(nanoUsd);
  });

  it("is known for every sample", () => {
    const models = [...loadConversations(), ...loadEmbeddingJobs()].map(({ model }) => model);
    const isUnknown = (modelRequested: string) =>
      billedNanoUsd({ modelRequested, usage: usage(1, 0, 1) }) === undefined;
    expect(models.filter(isUnknown)).toEqual([]);
  });
});
