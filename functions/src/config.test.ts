import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "@jest/globals";
import * as config from "./config.ts";

/** Secrets have no default, and every other parameter has one. */
const defaultOf = (parameter: (typeof config)[keyof typeof config]) =>
  "default" in parameter.options ? parameter.options.default : undefined;

const parameters = Object.values(config);
const plain = parameters.filter((parameter) => defaultOf(parameter) !== undefined);

describe("functions/.env", () => {
  const file = parseEnv(readFileSync(join(import.meta.dirname, "../.env"), "utf8"));

  it("gives every parameter that is no secret its default, for nothing else does at run time", () => {
    const defaults = plain.map((parameter) => [parameter.name, written(defaultOf(parameter))]);
    expect(file).toEqual(Object.fromEntries(defaults));
  });

  it("holds no secret", () => {
    const secrets = parameters.filter((each) => !plain.includes(each)).map(({ name }) => name);
    expect(secrets).toEqual([
      "ANTHROPIC_API_KEY",
      "AZURE_OPENAI_API_KEY",
      "GEMINI_API_KEY",
      "OPENAI_API_KEY",
      "OPENROUTER_API_KEY",
    ]);
    expect(Object.keys(file)).toEqual(expect.not.arrayContaining(secrets));
  });
});

function written(value: unknown): string {
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
}
