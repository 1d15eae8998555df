import { describe, expect, it } from "@jest/globals";
import { buildBook } from "../../functions/src/pricing/book.ts";
import { differences } from "./diff.ts";
import { genaiPrices } from "./genai-prices.ts";
import { litellmPrices } from "./litellm.ts";

const ON = "2026-11-20";
const AT = Date.parse(ON);
const PROVENANCE = { source: "https://example.com", checkedOn: "2026-11-23" };

const book = buildBook([
  {
    provider: "google",
    models: [
      {
        name: "gemini-x",
        prices: [
          {
            effectiveFrom: "2026-01-01",
            rates: { input: "1.25", cacheRead: "0.125", output: "10" },
            contextTiers: [
              {
                fromInputTokens: 200_001,
                rates: { input: "2.5", cacheRead: "0.25", output: "15" },
              },
            ],
            ...PROVENANCE,
          },
        ],
      },
      {
        name: "gemini-later",
        prices: [
          { effectiveFrom: "2027-01-01", rates: { input: "1", output: "1" }, ...PROVENANCE },
        ],
      },
    ],
  },
]);

const LITELLM = {
  litellm_provider: "gemini",
  input_cost_per_token: 1.25e-6,
  cache_read_input_token_cost: 1.25e-7,
  output_cost_per_token: 1e-5,
  input_cost_per_token_above_200k_tokens: 2.5e-6,
  cache_read_input_token_cost_above_200k_tokens: 2.5e-7,
  output_cost_per_token_above_200k_tokens: 1.5e-5,
  input_cost_per_token_flex: 1,
};
const GENAI = {
  input_mtok: { base: 1.25, tiers: [{ start: 200_000, price: 2.5 }] },
  cache_read_mtok: { base: 0.125, tiers: [{ start: 200_000, price: 0.25 }] },
  output_mtok: { base: 10, tiers: [{ start: 200_000, price: 15 }] },
};
const genai = (prices: unknown, match: unknown = { equals: "gemini-x" }) =>
  genaiPrices([{ id: "google", models: [{ id: "gemini-x", match, prices }] }], ON);

describe("differences", () => {
  it("finds none where the data sets say the same", () => {
    expect(differences(book, litellmPrices({ "gemini/gemini-x": LITELLM }), AT)).toEqual([]);
    expect(differences(book, genai(GENAI), AT)).toEqual([]);
  });

  it("names class, edge and both rates", () => {
    const listed = litellmPrices({
      "gemini/gemini-x": { ...LITELLM, cache_read_input_token_cost_above_200k_tokens: 3e-7 },
    });
    expect(differences(book, listed, AT)).toEqual([
      {
        model: "google/gemini-x",
        kind: "rates",
        details: ["cacheRead from 200001: ours 0.25, theirs 0.3"],
      },
    ]);
  });

  it("names what the book does not know, and what it has no price for on that day", () => {
    const listed = litellmPrices({ "gemini/gemini-y": LITELLM, "gemini/gemini-later": LITELLM });
    expect(differences(book, listed, AT).map(({ kind }) => kind)).toEqual(["unknown", "unpriced"]);
  });

  it("tells rates apart to the twelfth decimal, and no float from the decimal that it stands for", () => {
    const listed = (input: number) =>
      litellmPrices({ "gemini/gemini-x": { ...LITELLM, input_cost_per_token: input } });
    expect(differences(book, listed(1.2500000000000001e-6), AT)).toEqual([]);
    expect(differences(book, listed(1.250000000001e-6), AT)[0]?.details).toEqual([
      "input from 0: ours 1.25, theirs 1.250000000001",
    ]);
  });

  it("goes by the price of the day", () => {
    const dated = (start: string) => [
      { prices: GENAI },
      { constraint: { start_date: start }, prices: { ...GENAI, output_mtok: 99 } },
      { constraint: { start_time: "01:00:00", end_time: "04:00:00" }, prices: {} },
    ];
    expect(differences(book, genai(dated("2026-11-21")), AT)).toEqual([]);
    expect(differences(book, genai(dated("2026-11-20")), AT)[0]?.details).toEqual([
      "output from 0: ours 10, theirs 99",
      "output from 200001: ours 15, theirs 99",
    ]);
  });

  it("compares under the names that are spelled out, and takes no other data for prices", () => {
    const match = { or: [{ equals: "gemini-y" }, { starts_with: "gemini-" }] };
    expect(genai(GENAI, match).map(({ name }) => name)).toEqual(["gemini-x", "gemini-y"]);
    expect(litellmPrices({ sample_spec: { litellm_provider: "one of" }, other: 1 })).toEqual([]);
    expect(litellmPrices([])).toEqual([]);
    const foundry = litellmPrices({
      "azure_ai/grok-3": { ...LITELLM, litellm_provider: "azure_ai" },
    });
    expect(foundry).toMatchObject([{ provider: "azure", name: "grok-3" }]);
    expect(genaiPrices({}, ON)).toEqual([]);
  });
});
