import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { StackError } from "./errors.ts";

const TAIL_LINES = 25;
const POLL_MS = 50;

/** A server of the stack: in a process group of its own, its output in a log file. */
export interface Child {
  name: string;
  log: string;
  process: ChildProcess;
  /** Why it is no longer there, once it is not. */
  ended: Promise<string>;
  hasEnded(): boolean;
}

interface ChildOptions {
  env: NodeJS.ProcessEnv;
  cwd: string;
  log: string;
}

export function startChild(
  name: string,
  [program = "", ...args]: string[],
  { env, cwd, log }: ChildOptions,
): Child {
  const out = openSync(log, "a");
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", out, out] });
  closeSync(out);
  let over = false;
  const ended = new Promise<string>((resolve) => {
    const end = (how: string) => {
      over = true;
      resolve(`${name} ${how}`);
    };
    child.on("error", (error) => end(`could not be started: ${error.message}`));
    child.on("exit", (code, signal) => end(`has ended (${signal ?? `code ${code}`})`));
  });
  return { name, log, process: child, ended, hasEnded: () => over };
}

/** Waits until its log holds `pattern`; fails when the process ends first or the time is over. */
export async function waitForLog(
  child: Child,
  pattern: RegExp,
  timeoutMs: number,
): Promise<string> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const over = child.hasEnded();
    const found = pattern.exec(readFileSync(child.log, "utf8"));
    if (found) return found[0];
    if (over) throw new StackError(`${await child.ended}.${lastLines(child)}`);
    if (Date.now() > deadlineMs) {
      throw new StackError(
        `${child.name} is not ready after ${timeoutMs / 1000} s.${lastLines(child)}`,
      );
    }
    await delay(POLL_MS);
  }
}

export function lastLines({ log }: Child): string {
  const lines = readFileSync(log, "utf8").trimEnd().split("\n").slice(-TAIL_LINES);
  return `\nThe end of ${log}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** Signals the whole group; one that is gone needs none. */
export function signalGroup(child: Child, signal: NodeJS.Signals): void {
  if (child.hasEnded() || child.process.pid === undefined) return;
  try {
    process.kill(-child.process.pid, signal);
  } catch {
    // Gone meanwhile.
  }
}
