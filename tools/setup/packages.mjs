import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstLines, runQuietly } from "./commands.mjs";
import { SetupError } from "./errors.mjs";

/** @typedef {import("./paths.mjs").Env} Env */
/** @typedef {{ packages?: Record<string, { version?: string, optional?: boolean }> }} Lock */

/**
 * Whether what is installed is what the lock asks for. npm writes its own record of a folder
 * (node_modules/.package-lock.json) last, so an interrupted install has none.
 * @param {Lock} wanted
 * @param {Lock} installed
 */
export function matchesLock(wanted, installed) {
  const there = installed.packages ?? {};
  return Object.entries(wanted.packages ?? {}).every(([path, { version, optional }]) => {
    if (path === "") return true;
    return there[path] ? there[path].version === version : optional === true;
  });
}

/**
 * @param {string} path
 * @returns {Lock}
 */
function readLock(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** @param {string} folder */
export function packagesAreInstalled(folder) {
  try {
    return matchesLock(
      readLock(join(folder, "package-lock.json")),
      readLock(join(folder, "node_modules", ".package-lock.json")),
    );
  } catch {
    // No record, or half of one: not installed.
    return false;
  }
}

/**
 * @param {string} folder
 * @param {Env} env with Node 24 first on its PATH: npm leaves out what the running Node is too old for
 */
export async function installPackages(folder, env) {
  const flags = ["--no-audit", "--no-fund"];
  const { code, output } = await runQuietly("npm", ["ci", ...flags], { env, cwd: folder });
  if (code === 0) return;
  throw new SetupError(`The packages of ${folder} cannot be installed (npm ci). npm said:
${firstLines(output, 12)}`);
}
