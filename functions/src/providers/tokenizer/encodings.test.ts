import { describe, expect, it } from "@jest/globals";
import { PRICE_BOOK } from "../../pricing/book.ts";
import { encodingOf } from "./encodings.ts";

describe("encodingOf", () => {
  it.each([
    "gpt-4o",
    "gpt-4o-mini-2024-07-18",
    "gpt-4.1-nano",
    "gpt-4.5-preview",
    "gpt-5",
    "gpt-5.6-2026-07-09",
    "gpt-6-sol",
    "gpt-6.1-terra",
    "gpt-10",
    "chat-latest",
    "daybreak-red-latest",
    "gpt-rosalind-research",
    "o10",
    "chatgpt-4o-latest",
    "o1",
    "o3-mini",
    "o4-mini-2025-04-16",
    "gpt-oss-120b",
    "ft:gpt-4o-mini-2024-07-18:acme::abc",
    "openai/gpt-4o",
  ])("knows %s by o200k_base", (model) => {
    expect(encodingOf(model)).toBe("o200k_base");
  });

  it.each([
    "gpt-4",
    "gpt-4-turbo-2024-04-09",
    "gpt-3.5-turbo",
    "gpt-35-turbo",
    "text-embedding-3-small",
    "text-embedding-ada-002",
    "ft:gpt-3.5-turbo:acme::abc",
    "davinci-002",
    "ft:babbage-002",
  ])("knows %s by cl100k_base", (model) => {
    expect(encodingOf(model)).toBe("cl100k_base");
  });

  it("knows every chat model of OpenAI's that the price book has", () => {
    const models = [...(PRICE_BOOK.modelsByName.get("openai")?.keys() ?? [])];
    const unknown = models.filter((name) => !name.startsWith("sim-") && !encodingOf(name));
    expect(models.length).toBeGreaterThan(50);
    expect(unknown).toEqual([]);
  });

  it("says the same as the price book where that says it", () => {
    for (const [name, { encoding }] of PRICE_BOOK.modelsByName.get("openai") ?? [])
      if (encoding && !name.startsWith("sim-"))
        expect([name, encodingOf(name)]).toEqual([name, encoding]);
  });

  it.each([
    "claude-opus-4-5",
    "gemini-2.5-pro",
    "gpt-2",
    "gpt-neo-6",
    "o200k",
    "my-gpt-4o",
    "",
    "gpt-4o/",
  ])("does not claim to know %s", (model) => {
    expect(encodingOf(model)).toBeUndefined();
  });
});
