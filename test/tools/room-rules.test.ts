import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ROOT } from "../../tools/setup/paths.mjs";

/** Files that each break one rule, and the words by which the tool says so; undefined: allowed. */
const LINTED: [path: string, text: string, complaint: string | undefined][] = [
  ["core/environment.ts", "export const x = process.env.HOME;", "Clock, chance"],
  ["core/now.ts", "export const x = Date.now();", "Clock, chance"],
  ["ledger/date.ts", "export const x = new Date();", "Clock, chance"],
  ["pricing/random.ts", "export const x = Math.random();", "Clock, chance"],
  ["calls/timer.ts", "export const x = setTimeout(() => 1, 5);", "Clock, chance"],
  ["core/instant.ts", "export const x = new Date(0);", undefined],
  ["entrypoints/now.ts", "export const x = Date.now();", undefined],
  ["firestore/random.ts", "export const x = Math.random();", undefined],
  ["providers/timer.ts", "export const x = setTimeout(() => 1, 5);", undefined],
  ["config.ts", "export const x = process.env.HOME;", undefined],
  ["core/now.test.ts", "export const x = Date.now();", undefined],
  [
    "calls/floating.ts",
    "const later = async () => 1;\nexport function go() {\n  later();\n}",
    "noFloatingPromises",
  ],
  ["core/any.ts", "export const x = (y: any) => y;", "noExplicitAny"],
  ["core/default.ts", "export default 1;", "noDefaultExport"],
];

/** The same for the dependency rules; of a cycle only one file is named. */
const CRUISED: [path: string, text: string, rule: string | undefined][] = [
  ["core/up.ts", 'export * from "../budgets/a.ts";', "core-knows-only-itself"],
  ["core/package.ts", 'export * from "zod";', "core-imports-no-package"],
  ["core/hash.ts", 'export { createHash } from "node:crypto";', undefined],
  ["budgets/a.ts", "export const a = 1;", undefined],
  ["budgets/side.ts", 'export * from "../pricing/a.ts";', "budgets-knows-only-core"],
  ["pricing/a.ts", 'export * from "../core/hash.ts";', undefined],
  ["ledger/down.ts", 'export * from "../budgets/a.ts";', undefined],
  ["ledger/contract.ts", 'export * from "../contracts/a.ts";', "ledger-knows-only-"],
  ["ledger/sdk.ts", 'export * from "firebase-admin/firestore";', "sdks-stay-at-the-edge"],
  ["ledger/timer.ts", 'export { setTimeout } from "node:timers/promises";', "timers-are-arguments"],
  ["firestore/sdk.ts", 'export * from "firebase-admin/firestore";', undefined],
  ["contracts/a.ts", "export const a = 1;", undefined],
  ["entrypoints/door.ts", 'export * from "../contracts/a.ts";', undefined],
  [
    "providers/door.ts",
    'export * from "../entrypoints/door.ts";',
    "entrypoints-are-known-to-index",
  ],
  ["analytics/tools.ts", 'export * from "../../../tools/a.ts";', "functions-stand-alone"],
  ["calls/one.ts", 'import { b } from "./two.ts";\nexport const a = () => b;', "no-cycles"],
  ["calls/two.ts", 'import { a } from "./one.ts";\nexport const b = () => a;', undefined],
];

let project: string;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), `${text}\n`);
}

/** A project with our configuration and nothing of our code. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "room-rules-"));
  mkdirSync(join(project, "tools", "check"), { recursive: true });
  for (const file of [
    "biome.json",
    ".gitignore",
    ".dependency-cruiser.mjs",
    "package.json",
    "tsconfig.json",
    "tsconfig.base.json",
    "tools/check/ambient.grit",
  ]) {
    copyFileSync(join(ROOT, file), join(project, file));
  }
  write("tools/a.ts", "export const a = 1;");
  symlinkSync(join(ROOT, "functions", "node_modules"), join(project, "node_modules"));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function run(tool: string, args: string[]): string {
  const binary = join(ROOT, "node_modules", ".bin", tool);
  const { stdout, stderr } = spawnSync(binary, args, { cwd: project, encoding: "utf8" });
  return stdout + stderr;
}

/** What was said about one file. */
function linesOf(output: string, path: string): string {
  return output
    .split("\n")
    .filter((line) => line.includes(`functions/src/${path}`))
    .join("\n");
}

describe("the linter", () => {
  let output: string;
  beforeAll(() => {
    for (const [path, text] of LINTED) write(`functions/src/${path}`, text);
    output = run("biome", ["lint", "--reporter=github", "--max-diagnostics=none", "functions"]);
  });

  it.each(LINTED)("judges %s", (path, _, complaint) => {
    if (complaint === undefined) expect(linesOf(output, path)).toBe("");
    else expect(linesOf(output, path)).toContain(complaint);
  });
});

describe("the dependency rules", () => {
  let output: string;
  beforeAll(() => {
    for (const [path, text] of CRUISED) write(`functions/src/${path}`, text);
    output = run("depcruise", ["--output-type", "err", "functions/src"]);
  });

  it.each(CRUISED)("judge %s", (path, _, rule) => {
    const complaints = output
      .split("\n")
      .filter((line) => line.includes(`: functions/src/${path}`));
    if (rule === undefined) expect(complaints).toEqual([]);
    else
      expect(output.replaceAll("\n", " ")).toMatch(
        new RegExp(`${rule}[^:]*: functions/src/${path}`),
      );
  });
});
