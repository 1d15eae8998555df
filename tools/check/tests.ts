import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runInForeground } from "../setup/commands.mjs";
import { ROOT } from "../setup/paths.mjs";

export interface TestCounts {
  passed: number;
  failed: number;
}

/** What jest's JSON report says of a run. */
export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
}

const REPORT = join(ROOT, ".tollgate", "jest-report.json");

/**
 * Runs jest once, in the stack. All tests count against the coverage thresholds; a part of them,
 * chosen by arguments, does not.
 */
export async function runTests(jestArgs: string[]): Promise<TestCounts> {
  mkdirSync(join(ROOT, ".tollgate"), { recursive: true });
  rmSync(REPORT, { force: true });
  const jest = ["node", join(ROOT, "node_modules", "jest", "bin", "jest.js")];
  const coverage = jestArgs.length === 0 ? ["--coverage"] : jestArgs;
  const code = await runInStack([...jest, "--json", `--outputFile=${REPORT}`, ...coverage]);
  return countTests(readReport(), code);
}

/** A run that fails without a failed test (coverage, a stack that does not come up) counts as one. */
export function countTests(report: JestReport | undefined, exitCode: number): TestCounts {
  const { numPassedTests = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0 } = report ?? {};
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: exitCode === 0 ? failed : Math.max(failed, 1) };
}

function readReport(): JestReport | undefined {
  try {
    return JSON.parse(readFileSync(REPORT, "utf8"));
  } catch {
    // jest did not come to its end; the exit code says so.
    return undefined;
  }
}

function runInStack(command: string[]): Promise<number> {
  const stack = join(ROOT, "tools", "stack", "main.ts");
  return runInForeground("node", [stack, ...command], { env: process.env, cwd: ROOT });
}
