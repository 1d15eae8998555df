import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { pageFields } from "./page.ts";
import { parse } from "./parse.ts";
import { refusal } from "./testing/refusal.ts";

const schema = z.strictObject(pageFields);

describe("page", () => {
  it("holds 50 items unless told", () => {
    expect(parse(schema, {})).toEqual({ limit: 50 });
  });

  it.each([
    [1, undefined],
    [200, undefined],
    [0, "limit: must be at least 1"],
    [201, "limit: must be at most 200"],
    [-1, "limit: must be at least 1"],
    [1.5, "limit: must be an integer"],
    [Number.NaN, "limit: must be a finite number"],
    ["10", "limit: must be a number"],
    [null, "limit: must be a number"],
  ])("answers limit %s with %s", (limit, said) => {
    expect(refusal(schema, { limit })).toBe(said);
  });

  it("takes a cursor of at most 1000 characters", () => {
    expect(refusal(schema, { cursor: "x".repeat(1_000) })).toBeUndefined();
    expect(refusal(schema, { cursor: "x".repeat(1_001) })).toBe(
      "cursor: must be at most 1000 characters",
    );
    expect(refusal(schema, { cursor: "" })).toBe("cursor: must be at least 1 characters");
  });
});
