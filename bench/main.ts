/**
 * npm run bench [-- --quick] [--only PART,PART]
 * Measures what metering costs, and writes bench/results.md. --quick only shows that everything runs; --only measures
 * some of the parts. Both print and write nothing.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Goal, renderGoals } from "./goals.ts";
import { currentLoad, describeMachine } from "./machine.ts";
import { PARTS, type Part } from "./parts.ts";
import { FULL, QUICK } from "./sizes.ts";

const RESULTS = new URL("results.md", import.meta.url);

const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(args: string[]): Promise<void> {
  if (!process.env.TOLLGATE_FUNCTIONS_URL)
    throw new Error("The bench runs in the stack: npm run bench");
  const options = { quick: { type: "boolean", default: false }, only: { type: "string" } } as const;
  const { quick, only } = parseArgs({ args, options }).values;
  const parts = partsOf(only);
  const sizes = quick ? QUICK : FULL;
  const startedMs = performance.now();
  const load = currentLoad();
  const sections: string[] = [];
  const goals: Goal[] = [];
  for (const part of parts) {
    say(part.title);
    const results = await part.run(sizes, say);
    sections.push(`## ${part.title}`, ...results.paragraphs);
    goals.push(...results.goals);
  }
  if (goals.length > 0) sections.push("## Goals", ...renderGoals(goals));
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  const command = ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" ");
  const lines = [`# Results of \`${command}\``, introduction(sizes.rounds, seconds, load)];
  const text = `${[...lines, ...sections].join("\n\n")}\n`;
  process.stdout.write(text);
  if (!quick && only === undefined) writeFileSync(RESULTS, text);
}

function partsOf(only: string | undefined): Part[] {
  if (only === undefined) return Object.values(PARTS);
  return only.split(",").map((name) => {
    const part = PARTS[name];
    if (!part) throw new Error(`No part ${name}; there are ${Object.keys(PARTS).join(", ")}`);
    return part;
  });
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
