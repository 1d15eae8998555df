import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import { ROOT } from "./stack.ts";

const FRAMEWORK = "functions/node_modules/@google-cloud/functions-framework/build/src/main.js";
const HARNESS = join(ROOT, "test", "e2e", "harness");
const DOORS = ["--target=doors", `--source=${HARNESS}/all-doors.mjs`];
const READY_TIMEOUT_MS = 60_000;

/** Values for its environment beside the stack's; undefined takes one away. */
type Changes = Readonly<Record<string, string | undefined>>;

export interface Served {
  readonly url: string;
  readonly pid: number;
  /** All that it has written so far. */
  output(): string;
  stop(): Promise<void>;
}

interface Program {
  readonly args: readonly string[];
  readonly env: Changes;
}

/** All HTTP functions by functions-framework, as Cloud Run serves them, for the length of a test file. */
export function useDoors(env: Changes = {}): () => Served {
  return useServed(() => serveDoors(env));
}

/** One function that takes events. */
export function useEventFunction(name: string, env: Changes = {}): () => Served {
  return useServed(() => serveEventFunction(name, env));
}

/** The same for whoever stops it by himself; stopping is a kill -9. */
export function serveDoors(env: Changes = {}): Promise<Served> {
  return serve({ args: DOORS, env });
}

export function serveEventFunction(name: string, env: Changes = {}): Promise<Served> {
  const args = [`--target=${name}`, `--source=${join(ROOT, "functions")}`];
  return serve({ args: [...args, "--signature-type=cloudevent"], env });
}

/** What a process with this environment writes, and its exit code; for those that refuse to start. */
export async function runDoors(env: Changes): Promise<{ code: number | null; output: string }> {
  const port = await freePort();
  const { child, output } = start({ args: DOORS, env }, port);
  const ended = exitOf(child);
  await untilServing(child, output);
  const code = child.exitCode;
  child.kill("SIGKILL");
  await ended;
  return { code, output: output() };
}

function useServed(begin: () => Promise<Served>): () => Served {
  let served: Served | undefined;
  beforeAll(async () => {
    served = await begin();
  }, READY_TIMEOUT_MS);
  afterAll(async () => served?.stop());
  return () => {
    if (served === undefined) throw new Error("the functions are not served yet");
    return served;
  };
}

async function serve(program: Program): Promise<Served> {
  const port = await freePort();
  const { child, output } = start(program, port);
  const ended = exitOf(child);
  await untilServing(child, output);
  if (child.exitCode !== null) throw new Error(`functions-framework ended: ${output()}`);
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { url: `http://127.0.0.1:${port}`, pid: Number(child.pid), output, stop };
}

function start({ args, env }: Program, port: number) {
  const child = spawn(process.execPath, [join(ROOT, FRAMEWORK), ...args, `--port=${port}`], {
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const out of [child.stdout, child.stderr]) {
    out.setEncoding("utf8").on("data", (more: string) => {
      text += more;
    });
  }
  return { child, output: () => text };
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.on("close", () => resolve()));
}

/** Or until it has ended. */
async function untilServing(child: ChildProcess, output: () => string): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (child.exitCode === null && !output().includes("Serving function")) {
    if (performance.now() > deadlineMs) throw new Error("functions-framework does not come up");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
