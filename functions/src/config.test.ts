import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "@jest/globals";
import * as config from "./config.ts";

/** A parameter as its definition describes it to firebase-tools. */
interface Spec {
  readonly name: string;
  readonly type: string;
  readonly default?: unknown;
}

const specs = Object.values(config).map((parameter) => parameter.toSpec() as Spec);
const plain = specs.filter(({ type }) => type !== "secret");

describe("functions/.env", () => {
  const file = parseEnv(readFileSync(join(import.meta.dirname, "../.env"), "utf8"));

  it("gives every parameter that is no secret its default, for nothing else does at run time", () => {
    const defaults = plain.map(({ name, default: value }) => [name, written(value)]);
    expect(file).toEqual(Object.fromEntries(defaults));
  });

  it("holds no secret", () => {
    const secrets = specs.filter(({ type }) => type === "secret").map(({ name }) => name);
    expect(secrets).toEqual(["OPENAI_API_KEY"]);
    expect(Object.keys(file)).toEqual(expect.not.arrayContaining(secrets));
  });
});

function written(value: unknown): string {
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
}
