import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../setup/cache.mjs";
import { ROOT } from "../setup/paths.mjs";
import { emulatorConfig, type FirebaseJson } from "./firebase-config.ts";
import { formatEnvFile, type Parameters } from "./parameters.ts";
import type { Ports } from "./ports.ts";

const RUNS = join(ROOT, ".tollgate", "runs");
/** How long the logs of a run that is over are kept. */
const LOGS_KEPT_MS = 24 * 3600 * 1000;

/**
 * A folder per stack, so that several in one checkout do not meet: everything that the emulators
 * read (a copy: editing the rules in mid-run would end the emulators) and write.
 */
export interface RunFolder {
  path: string;
  /** The project as firebase-tools sees it. */
  project: string;
  logs: string;
  /** Sockets and scratch files. */
  temporary: string;
}

/** The name begins with the id of the process that owns the stack. */
export function createRunFolder(name: string): RunFolder {
  mkdirSync(RUNS, { recursive: true });
  for (const old of readdirSync(RUNS)) sweepRun(old);
  const folder = runFolder(name);
  for (const path of [folder.project, folder.logs, folder.temporary]) {
    mkdirSync(path, { recursive: true });
  }
  return folder;
}

function runFolder(name: string): RunFolder {
  const path = join(RUNS, name);
  // A short path: a socket's may have about 100 characters.
  const temporary = join(tmpdir(), `tg-${name}`);
  return { path, project: join(path, "project"), logs: join(path, "logs"), temporary };
}

/** A stack that was killed outright has left everything; its project holds secrets. */
function sweepRun(name: string): void {
  if (isAlive(Number.parseInt(name, 10))) return;
  const folder = runFolder(name);
  emptyRunFolder(folder);
  const madeMs = statSync(folder.path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - madeMs > LOGS_KEPT_MS) rmSync(folder.path, { recursive: true, force: true });
}

/** Leaves nothing but the logs. */
export function emptyRunFolder(folder: RunFolder): void {
  rmSync(folder.project, { recursive: true, force: true });
  rmSync(folder.temporary, { recursive: true, force: true });
}

/** Writes what firebase-tools reads: configuration, rules, parameters, secrets. */
export function fillProject(
  folder: RunFolder,
  ports: Ports,
  parameters: Parameters,
  withFunctions: boolean,
): void {
  const base: FirebaseJson = JSON.parse(readFileSync(join(ROOT, "firebase.json"), "utf8"));
  const config = emulatorConfig(base, ports, withFunctions);
  writeFileSync(join(folder.project, "firebase.json"), JSON.stringify(config, null, 2));
  for (const file of [String(base.firestore.rules), String(base.firestore.indexes)]) {
    copyFileSync(join(ROOT, file), join(folder.project, file));
  }
  if (withFunctions) fillFunctions(join(folder.project, "functions"), parameters);
}

function fillFunctions(target: string, parameters: Parameters): void {
  const source = join(ROOT, "functions");
  mkdirSync(target, { recursive: true });
  copyFileSync(join(source, "package.json"), join(target, "package.json"));
  symlinkSync(join(source, "node_modules"), join(target, "node_modules"));
  writeFileSync(join(target, ".env"), formatEnvFile(parameters.plain), { mode: 0o600 });
  writeFileSync(join(target, ".secret.local"), formatEnvFile(parameters.secret), { mode: 0o600 });
}
