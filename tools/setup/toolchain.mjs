import { join } from "node:path";
import { SetupError } from "./errors.mjs";
import { findFirebaseTools, installFirebaseTools } from "./firebase-tools.mjs";
import { resolveFirestore } from "./firestore.mjs";
import { findNode, installNode } from "./node.mjs";
import { installPackages, packagesAreInstalled } from "./packages.mjs";
import { ROOT, withFirstOnPath } from "./paths.mjs";
import { step } from "./progress.mjs";
import { resolvePubsub } from "./pubsub.mjs";
import { FIREBASE_TOOLS_VERSION, NODE_VERSION } from "./versions.mjs";

/** @typedef {import("./paths.mjs").Env} Env */

/**
 * What a stack is run with.
 * @typedef {object} Emulators
 * @property {string} firebaseTools its script
 * @property {import("./firestore.mjs").FirestoreTool} firestore
 * @property {import("./pubsub.mjs").PubsubTool} pubsub
 */

/**
 * Node and the packages of both folders; what is there costs nothing.
 * @param {Env} env
 * @returns {Promise<Env>} the environment with Node 24 first on the PATH
 */
export async function ensureNodeAndPackages(env) {
  if (findNode(env) === undefined) await step(`Node ${NODE_VERSION}`, () => installNode(env));
  const node = findNode(env);
  if (node === undefined) throw new SetupError(`Node ${NODE_VERSION} is not where it was put`);
  const nodeEnv = withFirstOnPath(env, node);
  await ensurePackages("Packages", ROOT, nodeEnv);
  await ensurePackages("Packages of functions/", join(ROOT, "functions"), nodeEnv);
  return nodeEnv;
}

/**
 * @param {string} name
 * @param {string} folder
 * @param {Env} nodeEnv
 */
async function ensurePackages(name, folder, nodeEnv) {
  if (packagesAreInstalled(folder)) return;
  await step(`${name} (npm ci)`, () => installPackages(folder, nodeEnv));
}

/**
 * firebase-tools and the emulators that it starts; what is there costs nothing.
 * @param {Env} env with Node 24 first on its PATH
 * @returns {Promise<Emulators>}
 */
export async function ensureEmulators(env) {
  if (findFirebaseTools(env) === undefined) {
    await step(`firebase-tools ${FIREBASE_TOOLS_VERSION}`, () => installFirebaseTools(env));
  }
  const firebaseTools = findFirebaseTools(env);
  if (firebaseTools === undefined) throw new SetupError("firebase-tools is not where it was put");
  const firestore = await resolveFirestore(env);
  return { firebaseTools, firestore, pubsub: await resolvePubsub(env) };
}
