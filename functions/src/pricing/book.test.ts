import { describe, expect, it } from "@jest/globals";
import type { BookFile, BookModel } from "./book/schema.ts";
import { BOOK_FILES, buildBook, PRICE_BOOK } from "./book.ts";
import { findModel } from "./models.ts";
import { resolveRates } from "./resolve-price.ts";

const AT = Date.parse("2026-11-23T00:00:00Z");

function model(name: string, change: Partial<BookModel> = {}): BookModel {
  return {
    name,
    kind: "chat",
    contextTokens: 1_000,
    maxOutputTokens: 100,
    encoding: "o200k_base",
    reasoning: false,
    prices: [
      {
        effectiveFrom: "2026-01-01",
        rates: { input: "1", output: "2" },
        source: "https://example.com/pricing",
        checkedOn: "2026-11-23",
      },
    ],
    ...change,
  };
}

const file = (provider: string, ...models: BookModel[]): BookFile => ({ provider, models });

describe("PRICE_BOOK", () => {
  it.each([...BOOK_FILES.keys()])("has a price today for every model of %s", (provider) => {
    const models = [...(PRICE_BOOK.modelsByName.get(provider)?.values() ?? [])];
    expect(models.length).toBeGreaterThan(0);
    expect(models.filter((info) => resolveRates(PRICE_BOOK, info, AT) === undefined)).toEqual([]);
  });

  it("knows no other provider", () => {
    for (const provider of ["", "simulated", "__proto__", "OpenAI", "../book"])
      expect(PRICE_BOOK.modelsByName.get(provider)).toBeUndefined();
  });

  it.each(["gpt-4o", "gpt-4.1-nano", "gpt-5.6-terra", "o3", "text-embedding-3-small", "sim-free"])(
    "knows %s",
    (name) => {
      expect(findModel(PRICE_BOOK, "openai", name)?.model).toBe(`openai/${name}`);
    },
  );

  it("has no price for the model that is there to be without one", () => {
    expect(findModel(PRICE_BOOK, "openai", "sim-unpriced")).toBeUndefined();
  });
});

describe("buildBook", () => {
  it("says what is not looked up by default", () => {
    const [prices] = [model("a").prices];
    const book = buildBook([
      {
        provider: "openai",
        models: [
          { name: "a", prices },
          { name: "b", kind: "embedding", prices },
        ],
      },
    ]);
    expect(findModel(book, "openai", "a")).toMatchObject({
      kind: "chat",
      contextTokens: 128_000,
      maxOutputTokens: 128_000,
      encoding: undefined,
      reasoning: false,
    });
    expect(findModel(book, "openai", "b")).toMatchObject({ kind: "embedding", maxOutputTokens: 0 });
  });

  it("joins files of one provider and keeps providers apart", () => {
    const book = buildBook([
      file("openai", model("a")),
      file("openai", model("b")),
      file("other", model("a")),
    ]);
    expect(findModel(book, "openai", "a")?.model).toBe("openai/a");
    expect(findModel(book, "openai", "b")?.model).toBe("openai/b");
    expect(findModel(book, "other", "a")?.model).toBe("other/a");
    expect(findModel(book, "other", "b")).toBeUndefined();
  });

  it.each([
    ["its name", model("b"), model("b")],
    ["an alias", model("a", { aliases: ["x"] }), model("b", { aliases: ["x"] })],
    ["a name and an alias", model("a"), model("b", { aliases: ["a"] })],
  ])("refuses two models that share %s", (_what, one, other) => {
    expect(() => buildBook([file("openai", one), file("openai", other)])).toThrow(
      "both claim the name",
    );
  });

  it("refuses a version of a model that is not there", () => {
    expect(() => buildBook([file("openai", model("a-1", { versionOf: "a" }))])).toThrow(
      "openai/a-1",
    );
    expect(() =>
      buildBook([file("openai", model("a-1", { versionOf: "a" }), model("a"))]),
    ).not.toThrow();
  });

  it("makes a rate table once, when it is first asked for", () => {
    const book = buildBook([file("openai", model("a"))]);
    const info = findModel(book, "openai", "a");
    if (!info) throw new Error("a is missing");
    expect(resolveRates(book, info, AT)).toBe(resolveRates(book, info, AT));
  });
});
