import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "../setup/cache.mjs";

/** Every process of a stack carries this variable, however far down and whoever its parent now is. */
export const MARK = "TOLLGATE_STACK";

const GRACE_MS = 1_000;
const POLL_MS = 50;

interface Marked {
  pid: number;
  mark: string;
}

/** The processes that carry a mark, this one excepted. */
export function markedProcesses(mark: string): number[] {
  return allMarked()
    .filter((process) => process.mark === mark)
    .map(({ pid }) => pid);
}

function allMarked(): Marked[] {
  const found = existsSync("/proc/self/environ") ? searchProc() : parsePs(listByPs());
  return found.filter(({ pid }) => pid !== process.pid);
}

function searchProc(): Marked[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => marksIn(Number(name), environOf(name)));
}

function marksIn(pid: number, words: string[]): Marked[] {
  const found = words.find((word) => word.startsWith(`${MARK}=`));
  return found === undefined ? [] : [{ pid, mark: found.slice(MARK.length + 1) }];
}

function environOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    // Gone meanwhile, or somebody else's.
    return [];
  }
}

/** macOS has no /proc; its ps shows the environment behind the command. */
function listByPs(): string {
  return execFileSync("ps", ["-Eaxww", "-o", "pid=,command="], { encoding: "utf8" });
}

export function parsePs(lines: string): Marked[] {
  return lines
    .split("\n")
    .flatMap((line) => marksIn(Number.parseInt(line, 10), line.trim().split(" ")));
}

/** The mark of a new stack of this process. */
export function newMark(): string {
  return `${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** Ends what a stack left behind that was killed outright and could not tidy up. */
export function endAbandonedProcesses(): void {
  const abandoned = allMarked().filter(({ mark }) => !isAlive(Number.parseInt(mark, 10)));
  signalAll(
    abandoned.map(({ pid }) => pid),
    "SIGKILL",
  );
}

function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone meanwhile.
    }
  }
}

/** Ends what carries the mark: asked first, killed when the time of grace is over. */
export async function endMarkedProcesses(mark: string, graceMs = GRACE_MS): Promise<void> {
  const deadlineMs = Date.now() + graceMs;
  signalAll(markedProcesses(mark), "SIGTERM");
  while (markedProcesses(mark).length > 0 && Date.now() < deadlineMs) await delay(POLL_MS);
  signalAll(markedProcesses(mark), "SIGKILL");
}
