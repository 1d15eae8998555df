/**
 * npm run bench [-- --quick]
 * Measures what metering costs, and writes bench/results.md; --quick only shows that everything runs, and prints.
 */
import { writeFileSync } from "node:fs";
import { measureAborts } from "./abort.ts";
import { measureAddedTime } from "./added-time.ts";
import { measureAggregateDelay } from "./aggregate-delay.ts";
import { measureColdStart } from "./cold-start.ts";
import { measureGrowth } from "./growth/growth.ts";
import { measureHotBudget } from "./hot-budget/hot-budget.ts";
import { currentLoad, describeMachine } from "./machine.ts";
import { measureOperations } from "./operations.ts";
import { renderResults } from "./report.ts";
import { FULL, QUICK } from "./sizes.ts";

const RESULTS = new URL("results.md", import.meta.url);

const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(args: readonly string[]): Promise<void> {
  if (!process.env.TOLLGATE_FUNCTIONS_URL)
    throw new Error("The bench runs in the stack: npm run bench");
  const isQuick = args.includes("--quick");
  const sizes = isQuick ? QUICK : FULL;
  const startedMs = performance.now();
  const load = currentLoad();
  say("Added time per call");
  const addedTime = await measureAddedTime(sizes, say);
  say("Firestore operations per call");
  const operations = await measureOperations(sizes, say);
  say("Admission on one hot budget");
  const hotBudget = await measureHotBudget(sizes, say);
  say("Growth");
  const growth = await measureGrowth(sizes, say);
  say("Streams that are left");
  const aborts = await measureAborts(sizes);
  say("From the answer to the aggregate");
  const delay = await measureAggregateDelay(sizes);
  say("Cold start");
  const coldStart = await measureColdStart(sizes);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  const results = renderResults({
    addedTime,
    operations,
    hotBudget,
    growth,
    aborts,
    delay,
    coldStart,
  });
  const command = `npm run bench${isQuick ? " -- --quick" : ""}`;
  const text = `# Results of \`${command}\`\n\n${introduction(sizes.rounds, seconds, load)}\n\n${results}\n`;
  process.stdout.write(text);
  if (!isQuick) writeFileSync(RESULTS, text);
}

function introduction(rounds: number, seconds: number, load: string): string {
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${describeMachine()}. Load before the run ${load}. ${rounds} alternating rounds, ${seconds} s. The method is in README.md.`;
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    say(error instanceof Error ? String(error.stack) : String(error));
    process.exit(1);
  },
);
