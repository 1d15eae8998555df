/**
 * npm start: the whole stack on its fixed ports, filled with sample conversations, and the proof that they are
 * counted to the nano-dollar; then it stays up until Ctrl-C.
 */
import { setTimeout as delay } from "node:timers/promises";
import { exitCodeOf } from "../setup/commands.mjs";
import { SetupError } from "../setup/errors.mjs";
import { step } from "../setup/progress.mjs";
import { StackError } from "../stack/errors.ts";
import { fixedPorts } from "../stack/ports.ts";
import { type Stack, startStack } from "../stack/stack.ts";
import { addressesIn } from "./addresses.ts";
import { askerOf } from "./call-just-now.ts";
import { closingLines } from "./closing.ts";
import { demonstrate } from "./demonstration.ts";
import { duration } from "./money.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { documentOf, isGood } from "./results.ts";
import { createScreen, type Screen } from "./screen.ts";
import { writeTryFiles } from "./try-it.ts";

/** Calls that are under way when somebody has had enough may end by themselves for this long. */
const GRACE_MS = 2_000;

/** The demonstration, and then the last screen for as long as it is wanted. */
async function show(
  { env }: Stack,
  screen: Screen,
  { once, json }: Options,
  signal: AbortSignal,
): Promise<number> {
  const readyMs = performance.now();
  screen.line(`Ready after ${duration(readyMs)}: ${addressesIn(env).functionsUrl}\n`);
  const { results, people } = await demonstrate({ screen, env, readyMs, signal });
  if (json) process.stdout.write(`${JSON.stringify(documentOf(results), null, 2)}\n`);
  if (once || !isGood(results)) return isGood(results) ? 0 : 1;
  await writeTryFiles(askerOf(people), results.addresses);
  const closing = { ...results, admin: people.admin.person };
  screen.line();
  for (const line of closingLines(closing, screen.colors)) screen.line(line);
  await untilAborted(signal);
  return 0;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function interrupted(signal: AbortSignal): Promise<number> {
  await untilAborted(signal);
  await delay(GRACE_MS);
  return exitCodeOf("SIGINT");
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const screen = createScreen(options.json ? process.stderr : process.stdout, process.env);
  const ports = await fixedPorts(process.env);
  const stopping = new AbortController();
  const { signal } = stopping;
  const start = () => startStack({ ports, onSignal: () => stopping.abort() });
  const stack = await step("Starting emulators, functions and model", start, screen.stream);
  const crashed = stack.crashed.then((message) => Promise.reject(new StackError(message)));
  try {
    return await Promise.race([show(stack, screen, options, signal), crashed, interrupted(signal)]);
  } catch (error) {
    if (signal.aborted) return exitCodeOf("SIGINT");
    throw error;
  } finally {
    screen.line("\nStopping ...");
    await stack.stop();
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const expected = error instanceof StackError || error instanceof SetupError;
    process.stderr.write(`${expected ? error.message : String((error as Error).stack)}\n`);
    process.exit(1);
  },
);
