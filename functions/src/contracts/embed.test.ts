import { describe, expect, it } from "@jest/globals";
import { embedRequest } from "./embed.ts";
import { parse } from "./parse.ts";
import { refusal } from "./testing/refusal.ts";
import type { Fields } from "./testing/requests.ts";

const said = (fields: Fields) =>
  refusal(embedRequest, { model: "text-embedding-3-small", ...fields });

describe("embed", () => {
  it("makes a list of a single text", () => {
    expect(parse(embedRequest, { model: "m", input: "a" })).toEqual({ model: "m", input: ["a"] });
  });

  it.each<[Fields, string | undefined]>([
    [{}, "input: is required"],
    [{ input: "" }, "input: must be at least 1 characters"],
    [{ input: [] }, "input: must be at least 1 items"],
    [{ input: ["a", ""] }, "input[1]: must be at least 1 characters"],
    [{ input: ["a", 5] }, "input[1]: must be a string"],
    [{ input: 5 }, "input: must be a string or a list of strings"],
    [{ input: "a", dimensions: 1 }, undefined],
    [{ input: "a", dimensions: 16_384 }, undefined],
    [{ input: "a", dimensions: 0 }, "dimensions: must be at least 1"],
    [{ input: "a", dimensions: 16_385 }, "dimensions: must be at most 16384"],
    [{ input: "a", dimensions: 1.5 }, "dimensions: must be an integer"],
    [{ input: "a", user: "x" }, "user: is not a known field"],
  ])("answers %j with %s", (fields, problem) => {
    expect(said(fields)).toBe(problem);
  });

  it("takes at most 2 048 texts of 256 KiB together", () => {
    expect(said({ input: new Array(2_048).fill("a") })).toBeUndefined();
    expect(said({ input: new Array(2_049).fill("a") })).toBe("input: must be at most 2048 items");
    const half = "x".repeat(128 * 1024);
    expect(said({ input: [half, half] })).toBeUndefined();
    expect(said({ input: [half, half, "x"] })).toBe(
      "input: must hold at most 262144 bytes of text",
    );
  });
});
