import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Every process of a stack carries this variable, however far down and whoever its parent now is. */
export const MARK = "TOLLGATE_STACK";

const GRACE_MS = 3_000;
const POLL_MS = 50;

/** The processes that carry a mark, this one excepted. */
export function markedProcesses(mark: string): number[] {
  const wanted = `${MARK}=${mark}`;
  const found = existsSync("/proc/self/environ") ? searchProc(wanted) : searchPs(wanted);
  return found.filter((pid) => pid !== process.pid);
}

function searchProc(wanted: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && environOf(name).includes(wanted))
    .map(Number);
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
function searchPs(wanted: string): number[] {
  const lines = execFileSync("ps", ["-Eaxww", "-o", "pid=,command="], { encoding: "utf8" });
  return parsePs(lines, wanted);
}

export function parsePs(lines: string, wanted: string): number[] {
  return lines
    .split("\n")
    .filter((line) => line.split(" ").includes(wanted))
    .map((line) => Number.parseInt(line, 10));
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
