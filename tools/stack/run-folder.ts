import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  /** Sockets and scratch files; short, for a socket's path has about 100 characters. */
  temporary: string;
}

export function createRunFolder(name: string): RunFolder {
  sweepOldRuns();
  const path = join(RUNS, name);
  const folder = { path, project: join(path, "project"), logs: join(path, "logs") };
  mkdirSync(folder.project, { recursive: true });
  mkdirSync(folder.logs, { recursive: true });
  return { ...folder, temporary: mkdtempSync(join(tmpdir(), "tollgate-")) };
}

function sweepOldRuns(): void {
  mkdirSync(RUNS, { recursive: true });
  for (const name of readdirSync(RUNS)) {
    const path = join(RUNS, name);
    const ageMs = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (ageMs > LOGS_KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
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
