/**
 * npm run stack -- [--without-functions] COMMAND [ARGUMENTS]
 * Brings the stack up, runs the command in it, takes it down, and ends with the command's code.
 * A single argument with spaces in it is a shell's line.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { exitCodeOf, type StopSignal } from "../setup/commands.mjs";
import { StackError } from "./errors.ts";
import { type Stack, startStack } from "./stack.ts";

/** A command that was interrupted from outside its terminal has this long before it is ended. */
const COMMAND_GRACE_MS = 3_000;

const say = (line: string) => process.stderr.write(`${line}\n`);

function commandLine(args: string[]): string[] {
  const [only = ""] = args;
  return args.length === 1 && only.includes(" ") ? ["sh", "-c", only] : args;
}

function startCommand(args: string[], stack: Stack): ChildProcess {
  const [program = "", ...rest] = commandLine(args);
  return spawn(program, rest, { stdio: "inherit", env: { ...process.env, ...stack.env } });
}

function codeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      say(error.message);
      resolve(127);
    });
    child.on("close", (code, signal) => resolve(code ?? exitCodeOf(signal ?? "SIGKILL")));
  });
}

async function runInStack(stack: Stack, args: string[], signalled: Promise<StopSignal>) {
  const child = startCommand(args, stack);
  const ended = codeOf(child);
  const crash = stack.crashed.then((message) => ({ message }));
  const first = await Promise.race([ended, crash, signalled]);
  if (typeof first === "number") return first;
  // The terminal has told the command too, and it may be tidying up; others have not.
  if (typeof first === "string") await Promise.race([ended, delay(COMMAND_GRACE_MS)]);
  child.kill("SIGTERM");
  await Promise.race([ended, delay(COMMAND_GRACE_MS)]);
  if (typeof first === "string") return exitCodeOf(first);
  throw new StackError(first.message);
}

async function main(args: string[]): Promise<number> {
  const withFunctions = args[0] !== "--without-functions";
  const command = withFunctions ? args : args.slice(1);
  if (command.length === 0) throw new StackError("npm run stack -- COMMAND [ARGUMENTS]");
  const { promise: signalled, resolve: onSignal } = Promise.withResolvers<StopSignal>();
  const startedMs = performance.now();
  const stack = await startStack({ withFunctions, onSignal });
  say(
    `Stack is ready (${((performance.now() - startedMs) / 1000).toFixed(1)} s), logs in ${stack.logs}`,
  );
  try {
    return await runInStack(stack, command, signalled);
  } finally {
    await stack.stop();
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof StackError ? error.message : String((error as Error).stack));
    process.exit(1);
  },
);
