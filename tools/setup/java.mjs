import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runQuietly } from "./commands.mjs";
import { findFirebaseTools } from "./firebase-tools.mjs";
import { which } from "./paths.mjs";

/** @typedef {import("./paths.mjs").Env} Env */

/**
 * The major version in what `java -version` says (`version "21.0.1"`, `version "1.8.0"`).
 * @param {string} output
 * @returns {number | undefined}
 */
export function javaMajor(output) {
  const digits = /version "(?:1\.)?(\d+)/.exec(output)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * @param {Env} env
 * @returns {Promise<number | undefined>}
 */
export async function findJavaMajor(env) {
  const java = which("java", env);
  if (java === undefined) return undefined;
  const { code, output } = await runQuietly(java, ["-version"], { env });
  return code === 0 ? javaMajor(output) : undefined;
}

/**
 * What firebase-tools has downloaded for itself earlier, newest name first.
 * @param {Env} env
 * @param {RegExp} name
 * @returns {string | undefined}
 */
export function findInFirebaseCache(env, name) {
  const cache = join(env.HOME || homedir(), ".cache", "firebase", "emulators");
  const folder = env.FIREBASE_EMULATORS_PATH || cache;
  try {
    const found = readdirSync(folder).filter((entry) => name.test(entry));
    const newest = found.sort().at(-1);
    return newest && join(folder, newest);
  } catch {
    // No such folder: nothing was downloaded.
    return undefined;
  }
}

/**
 * Lets firebase-tools download an official emulator into its own cache.
 * @param {"firestore" | "pubsub"} emulator
 * @param {Env} env
 */
export function downloadOfficial(emulator, env) {
  const script = findFirebaseTools(env) ?? "";
  return runQuietly("node", [script, `setup:emulators:${emulator}`], { env });
}
