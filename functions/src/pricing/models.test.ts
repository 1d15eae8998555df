import { describe, expect, it } from "@jest/globals";
import { PRICE_BOOK } from "./book.ts";
import { findModel } from "./models.ts";

const openai = (name: string) => findModel(PRICE_BOOK, "openai", name);

describe("findModel", () => {
  it("tells what a model is", () => {
    expect(openai("gpt-4o-mini")).toEqual({
      model: "openai/gpt-4o-mini",
      provider: "openai",
      name: "gpt-4o-mini",
      family: "openai/gpt-4o-mini",
      kind: "chat",
      contextTokens: 128_000,
      maxOutputTokens: 16_384,
      encoding: "o200k_base",
      reasoning: false,
    });
    expect(openai("text-embedding-ada-002")).toMatchObject({
      kind: "embedding",
      maxOutputTokens: 0,
      encoding: "cl100k_base",
    });
    expect(openai("o3")).toMatchObject({ reasoning: true });
  });

  it.each([
    ["gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini"],
    ["gpt-4o-2024-11-20", "openai/gpt-4o"],
    ["gpt-4.1-2025-04-14", "openai/gpt-4.1"],
    ["gpt-5.6", "openai/gpt-5.6-sol"],
    ["gpt-4-0613", "openai/gpt-4"],
    ["gpt-3.5-turbo-0125", "openai/gpt-3.5-turbo"],
  ])("takes %s for %s", (name, model) => {
    expect(openai(name)?.model).toBe(model);
  });

  it.each([
    ["gpt-4o-2024-05-13", "openai/gpt-4o"],
    ["gpt-4o-2024-08-06", "openai/gpt-4o"],
    ["gpt-4o-audio-preview-2024-10-01", "openai/gpt-4o-audio-preview"],
  ])("keeps %s, which has prices of its own, apart within its family", (name, family) => {
    expect(openai(name)).toMatchObject({ model: `openai/${name}`, family });
  });

  it.each([
    "gpt-4o-mini-2031-01-01",
    "gpt-4o-min",
    "gpt-4o-mini-",
    "gpt-4omini",
    "GPT-4o",
    "gpt-4o ",
    " gpt-4o",
    "gpt-4o\n",
    "gpt-4o:extended",
    "ft:gpt-4o:acme::abc",
    "ft:gpt-4o-2024-08-06:acme",
    "models/gpt-4o",
    "openai/gpt-4o",
    "gpt",
    "",
  ])("does not know %j, which only looks like a model", (name) => {
    expect(openai(name)).toBeUndefined();
  });

  it.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "size", "get"])(
    "does not know %s, neither as a model nor as a provider",
    (name) => {
      expect(openai(name)).toBeUndefined();
      expect(findModel(PRICE_BOOK, name, "gpt-4o")).toBeUndefined();
      expect(findModel(PRICE_BOOK, name, name)).toBeUndefined();
    },
  );

  it.each([
    ["openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", "openai/ft:gpt-4o-mini-2024-07-18"],
    ["openai", "ft:gpt-3.5-turbo-0125:acme:support:9x", "openai/ft:gpt-3.5-turbo"],
    ["google", "models/gemini-2.5-pro", "google/gemini-2.5-pro"],
    ["google", "publishers/google/models/gemini-2.5-pro", "google/gemini-2.5-pro"],
    [
      "google",
      "projects/acme/locations/us-central1/publishers/anthropic/models/claude-sonnet-4-5@20250929",
      "google/claude-sonnet-4-5",
    ],
    ["google", "google/gemini-2.5-flash", "google/gemini-2.5-flash"],
    [
      "aws",
      "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0",
      "aws/amazon.nova-pro-v1:0",
    ],
    [
      "aws",
      "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
      "aws/amazon.nova-pro-v1:0",
    ],
  ])("takes what %s puts around a name off: %s", (provider, name, model) => {
    expect(findModel(PRICE_BOOK, provider, name)?.model).toBe(model);
  });

  it.each([
    ["google", "tunedModels/gemini-2.5-pro"],
    ["google", "projects/acme/locations/us-central1/endpoints/123"],
    ["google", "models/models/gemini-2.5-pro"],
    ["aws", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"],
    ["aws", "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/amazon.nova-pro-v1:0"],
  ])("does not know what %s has of a customer's own: %s", (provider, name) => {
    expect(findModel(PRICE_BOOK, provider, name)).toBeUndefined();
  });

  it.each(["OpenAI", "aws ", "openai/", ""])("does not know the provider %j", (provider) => {
    expect(findModel(PRICE_BOOK, provider, "gpt-4o")).toBeUndefined();
  });
});
