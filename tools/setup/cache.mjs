import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Brings a folder into the cache whole or not at all: it is made beside its place and renamed.
 * Who comes second (another clone) finds the first one's and drops its own.
 * @param {string} folder where it is to be
 * @param {string} proof a path inside it, without which it does not count as there
 * @param {(temporary: string) => Promise<void>} make fills the temporary folder
 */
export async function placeInCache(folder, proof, make) {
  mkdirSync(dirname(folder), { recursive: true });
  sweepAbandoned(folder);
  const temporary = join(dirname(folder), `.${basename(folder)}.${process.pid}`);
  mkdirSync(temporary, { recursive: true });
  try {
    await make(temporary);
    if (!existsSync(join(temporary, proof))) throw new Error(`${proof} was not made`);
    moveIntoPlace(temporary, folder, proof);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * @param {string} temporary
 * @param {string} folder
 * @param {string} proof
 */
function moveIntoPlace(temporary, folder, proof) {
  if (existsSync(join(folder, proof))) return;
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(temporary, folder);
  } catch (error) {
    if (!existsSync(join(folder, proof))) throw error;
  }
}

/**
 * What an interrupted set-up left half-made.
 * @param {string} folder
 */
function sweepAbandoned(folder) {
  const prefix = `.${basename(folder)}.`;
  for (const name of readdirSync(dirname(folder))) {
    const pid = Number(name.slice(prefix.length));
    if (!name.startsWith(prefix) || !Number.isInteger(pid) || isAlive(pid)) continue;
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
  return !isZombie(pid);
}

/**
 * Ended, and not yet taken notice of by its parent: in a container that may never come.
 * @param {number} pid
 */
function isZombie(pid) {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/, ")"));
  } catch {
    // No /proc, or gone meanwhile.
    return false;
  }
}
