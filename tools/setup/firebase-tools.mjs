import { join } from "node:path";
import { placeInCache } from "./cache.mjs";
import { firstLines } from "./commands.mjs";
import { SetupError } from "./errors.mjs";
import { npmInstall } from "./node.mjs";
import { cacheFolder, ifExists } from "./paths.mjs";
import { FIREBASE_TOOLS_VERSION } from "./versions.mjs";

/** @typedef {import("./paths.mjs").Env} Env */

const SCRIPT = join("node_modules", "firebase-tools", "lib", "bin", "firebase.js");

/** @param {Env} env */
function folderOf(env) {
  return join(cacheFolder(env), `firebase-tools-${FIREBASE_TOOLS_VERSION}`);
}

/**
 * @param {Env} env
 * @returns {string | undefined} the script, to be run by Node
 */
export function findFirebaseTools(env) {
  return ifExists(join(folderOf(env), SCRIPT));
}

/**
 * Without install scripts: one of its packages would compile native code that emulators do not use.
 * @param {Env} env
 */
export async function installFirebaseTools(env) {
  const spec = `firebase-tools@${FIREBASE_TOOLS_VERSION}`;
  await placeInCache(folderOf(env), SCRIPT, async (folder) => {
    const { code, output } = await npmInstall(folder, spec, env);
    if (code === 0) return;
    throw new SetupError(`${spec} cannot be had. It runs the functions, auth, Firestore and Pub/Sub emulators.
Ways to get it: let npm reach a registry that has it, and try again.
npm said:
${firstLines(output, 8)}`);
  });
}
