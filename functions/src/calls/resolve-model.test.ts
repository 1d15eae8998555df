import { describe, expect, it } from "@jest/globals";
import { PRICE_BOOK } from "../pricing/book.ts";
import { resolveModel } from "./resolve-model.ts";
import { callWorld, STARTED_MS } from "./testing/call-world.ts";

describe("resolveModel", () => {
  it.each(["gpt-4o-mini", "openai/gpt-4o-mini"])(
    "takes %s for OpenAI's model, at its price",
    (requested) => {
      const { deps, provider } = callWorld();
      const model = resolveModel({ ...deps, book: PRICE_BOOK }, requested, STARTED_MS);
      expect(model).toMatchObject({
        name: "gpt-4o-mini",
        names: { provider: "openai", model: "openai/gpt-4o-mini", modelRequested: requested },
        rates: { priceVersion: "openai:gpt-4o-mini:2024-07-18" },
      });
      expect(model.provider).toBe(provider);
    },
  );

  it("sends an alias as it was asked for, and counts it under the model's name", () => {
    const { deps } = callWorld();
    expect(
      resolveModel({ ...deps, book: PRICE_BOOK }, "gpt-4o-mini-2024-07-18", STARTED_MS),
    ).toMatchObject({
      name: "gpt-4o-mini-2024-07-18",
      names: { model: "openai/gpt-4o-mini" },
    });
  });

  it("keeps the slashes in a provider's own name", () => {
    const { deps } = callWorld();
    expect(resolveModel({ ...deps, book: PRICE_BOOK }, "openai/ft/a/b", STARTED_MS)).toMatchObject({
      name: "ft/a/b",
      names: { model: "openai/ft/a/b" },
      info: undefined,
      rates: undefined,
    });
  });

  it("sends a deployment by its name, and counts and prices it as its model", () => {
    const { deps: own, provider } = callWorld();
    const deps = { ...own, book: PRICE_BOOK };
    provider.bookName = (name) => (name === "chat" ? "gpt-4o-mini" : name);
    expect(resolveModel(deps, "openai/chat", STARTED_MS)).toMatchObject({
      name: "chat",
      countedAs: "gpt-4o-mini",
      names: { model: "openai/gpt-4o-mini", modelRequested: "openai/chat" },
      rates: { priceVersion: "openai:gpt-4o-mini:2024-07-18" },
    });
    expect(resolveModel(deps, "openai/gpt-4o", STARTED_MS).names.model).toBe("openai/gpt-4o");
  });

  it.each(["anthropic/claude", "/gpt-4o", "__proto__/x"])(
    "serves no provider of %s",
    (requested) => {
      const { deps } = callWorld();
      expect(() => resolveModel({ ...deps, book: PRICE_BOOK }, requested, STARTED_MS)).toThrow(
        "served: openai",
      );
    },
  );
});
