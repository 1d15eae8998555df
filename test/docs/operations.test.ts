import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as config from "../../functions/src/config.ts";
import { ROOT } from "../../tools/setup/paths.mjs";

const page = readFileSync(join(ROOT, "docs", "operations.md"), "utf8");

/** Name and default of each row of the table of parameters, as they are written. */
function documented(): (readonly [string, string])[] {
  const section = page.split("\n## Parameters\n")[1]?.split("\n## ")[0] ?? "";
  const rows = section.matchAll(/^\| `(\w+)` \| `?([^|`]+)`? \|/gm);
  return [...rows].map(([, name = "", value = ""]) => [name, value.trim()] as const);
}

function defined(): (readonly [string, string])[] {
  return Object.values(config).map((parameter) => {
    const value = "default" in parameter.options ? parameter.options.default : "secret";
    const written = Array.isArray(value) ? JSON.stringify(value) : String(value);
    return [parameter.name, written === "" ? "empty" : written] as const;
  });
}

describe("the table of parameters in docs/operations.md", () => {
  it("has every parameter of config.ts with its default, and no other", () => {
    expect(documented().sort()).toEqual(defined().sort());
  });
});
