import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../setup/paths.mjs";
import { StackError } from "./errors.ts";

const FUNCTIONS = join(ROOT, "functions");
const TSC = join(FUNCTIONS, "node_modules", "typescript", "bin", "tsc");

/**
 * Compiles functions/src into a folder of this stack. Types are left to `npm run check`: without them
 * there is no need to read what is imported either, which takes most of the time.
 */
export async function buildFunctions(outFolder: string): Promise<void> {
  const project = join(FUNCTIONS, "tsconfig.build.json");
  try {
    await promisify(execFile)("node", [
      TSC,
      "-p",
      project,
      "--noCheck",
      "--noResolve",
      "--outDir",
      outFolder,
    ]);
  } catch (error) {
    const { stdout = "" } = error as { stdout?: string };
    throw new StackError(`functions/ does not compile:\n${stdout}`, { cause: error });
  }
}

/**
 * Brings functions/lib, which further processes serve from, to the same state. File by file and only
 * where they differ, since another stack may be reading there.
 */
export function publishBuild(from: string, to: string = join(FUNCTIONS, "lib")): void {
  const fresh = new Set(filesIn(from));
  for (const file of fresh) copyIfDifferent(join(from, file), join(to, file));
  for (const file of filesIn(to)) if (!fresh.has(file)) rmSync(join(to, file));
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function copyIfDifferent(from: string, to: string): void {
  const content = readFileSync(from);
  if (existsSync(to) && readFileSync(to).equals(content)) return;
  mkdirSync(dirname(to), { recursive: true });
  const temporary = `${to}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, to);
}
