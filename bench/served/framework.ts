import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Used } from "./side-door.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FRAMEWORK = "functions/node_modules/@google-cloud/functions-framework/build/src/main.js";
const READY = "URL: ";
const READY_TIMEOUT_MS = 30_000;
const READY_POLL_MS = 5;
const STOP_GRACE_MS = 3_000;
const LOG_TAIL_CHARACTERS = 2_000;

export interface ServeOptions {
  /** A folder with a package.json, from the root of the repository. */
  readonly source: string;
  readonly target: string;
  readonly signature?: "http" | "cloudevent";
  /** Beside the environment of the stack; undefined takes a variable out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Modules of bench/served that are loaded first. */
  readonly preload?: readonly string[];
}

/** One function, served by functions-framework in a process of its own, as Cloud Run does it. */
export interface Served {
  readonly origin: string;
  /** From the start of the process until it listened. */
  readonly startMs: number;
  /** What it has used so far; needs the preload side-door.ts. */
  used(): Promise<Used>;
  stop(): Promise<void>;
}

export async function serve(options: ServeOptions): Promise<Served> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "tollgate-bench-"));
  const log = join(folder, "log");
  const startedMs = performance.now();
  const child = start(options, port, log);
  const stop = () => end(child, folder);
  try {
    await untilReady(child, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    startMs: performance.now() - startedMs,
    async used() {
      child.send("used");
      const [used] = await once(child, "message");
      return used as Used;
    },
    stop,
  };
}

function start(options: ServeOptions, port: number, log: string): ChildProcess {
  const { source, target, signature = "http", preload = [], env = {} } = options;
  const imports = preload.map((name) => `--import=./bench/served/${name}`);
  const flags = [`--source=${source}`, `--target=${target}`, `--signature-type=${signature}`];
  const out = openSync(log, "a");
  const child = spawn(process.execPath, [...imports, FRAMEWORK, ...flags, `--port=${port}`], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", out, out, "ipc"],
  });
  closeSync(out);
  return child;
}

async function untilReady(child: ChildProcess, log: string): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const text = readFileSync(log, "utf8");
    if (text.includes(READY)) return;
    if (child.exitCode !== null || performance.now() > deadlineMs) {
      throw new Error(`A function is not served:\n${text.slice(-LOG_TAIL_CHARACTERS)}`);
    }
    await delay(READY_POLL_MS);
  }
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await Promise.race([ended, delay(STOP_GRACE_MS, undefined, { ref: false })]);
    child.kill("SIGKILL");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return address.port;
}
