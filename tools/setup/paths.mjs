import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {Record<string, string | undefined>} Env */

/** The root of this checkout. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Where built tools live, shared by all clones of one person.
 * @param {Env} env
 */
export function cacheFolder(env) {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "tollgate");
}

/** @param {string} path */
function isExecutableFile(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && (stat.mode & 0o111) !== 0;
}

/**
 * The first executable of that name on the PATH.
 * @param {string} name
 * @param {Env} env
 * @returns {string | undefined}
 */
export function which(name, env) {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isExecutableFile);
}

/**
 * @param {Env} env
 * @param {string} folder
 * @returns {Env}
 */
export function withFirstOnPath(env, folder) {
  return { ...env, PATH: [folder, env.PATH ?? ""].join(delimiter) };
}

/**
 * @param {string} path
 * @returns {string | undefined}
 */
export function ifExists(path) {
  return existsSync(path) ? path : undefined;
}
