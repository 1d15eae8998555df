import { existsSync } from "node:fs";
import { join } from "node:path";
import { runQuietly } from "../setup/commands.mjs";
import { ROOT } from "../setup/paths.mjs";
import { step } from "../setup/progress.mjs";

interface Check {
  name: string;
  command: string[];
}

const SOURCES = ["functions/src", "tools", "test", "bench"];

function checks(): Check[] {
  const sources = SOURCES.filter((folder) => existsSync(join(ROOT, folder)));
  return [
    {
      name: "Format and lint",
      command: ["biome", "ci", "--colors=off", "--error-on-warnings", "."],
    },
    { name: "Types of functions/", command: ["tsc", "-p", "functions"] },
    { name: "Types of tools, tests and bench", command: ["tsc", "-p", "."] },
    { name: "Dependency rules", command: ["depcruise", "--output-type", "err", ...sources] },
    { name: "Dead code", command: ["knip", "--no-progress", "--no-config-hints"] },
  ];
}

/** Runs all of them, whatever fails, and tells which did. */
export async function runStaticChecks(): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, command } of checks()) {
    if (!(await passes(name, command))) failed.push(name);
  }
  return failed;
}

async function passes(name: string, [tool = "", ...args]: string[]): Promise<boolean> {
  const binary = join(ROOT, "node_modules", ".bin", tool);
  const { code, output } = await step(
    name,
    () => runQuietly(binary, args, { env: process.env, cwd: ROOT }),
    process.stdout,
  );
  if (code !== 0) process.stdout.write(`${output}\n${name}: failed\n\n`);
  return code === 0;
}
