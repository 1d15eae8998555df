/**
 * npm run check: format, lint, types, dependency rules, dead code.
 * npm test: all that, then every test, with coverage, in one stack (--with-tests).
 * npm test -- PATTERN: the same with a part of the tests, without coverage.
 */
import { passOnStopSignals } from "../setup/commands.mjs";
import { runStaticChecks } from "./static-checks.ts";
import { runTests } from "./tests.ts";

async function main([mode, ...jestArgs]: string[]): Promise<number> {
  const failedChecks = await runStaticChecks();
  if (mode !== "--with-tests") return failedChecks.length === 0 ? 0 : 1;
  const tests = await runTests(jestArgs);
  if (failedChecks.length > 0) process.stdout.write(`Failed checks: ${failedChecks.join(", ")}\n`);
  const failed = tests.failed + failedChecks.length;
  process.stdout.write(`${tests.passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

passOnStopSignals();
process.exitCode = await main(process.argv.slice(2));
