import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { takeFirst } from "./attempts.mjs";
import { placeInCache } from "./cache.mjs";
import { lastLines, runQuietly } from "./commands.mjs";
import { downloadOfficial, findInFirebaseCache, findJavaMajor } from "./java.mjs";
import { npmInstall } from "./node.mjs";
import { cacheFolder, ifExists, which } from "./paths.mjs";
import { HIDANE_VERSION, JAVA_MAJOR } from "./versions.mjs";

/** @typedef {import("./paths.mjs").Env} Env */
/** @typedef {{ kind: "hidane" | "jar", path: string }} FirestoreTool */
/** @typedef {import("./attempts.mjs").Attempt<FirestoreTool>} Attempt */

/**
 * What the choice depends on.
 * @typedef {object} FirestoreFacts
 * @property {string} [hidaneOnPath]
 * @property {string} [hidaneInCache]
 * @property {boolean} npmHasNone npm's registry was asked earlier and has no hidane
 * @property {string} [cargo]
 * @property {number} [javaMajor]
 * @property {string} [jar] the official emulator
 */

const JAR_NAME = /^cloud-firestore-emulator-v.*\.jar$/;
const CARGO_BIN = join("bin", "hidane");
const NPM_BIN = join("node_modules", ".bin", "hidane");

/**
 * The ways to a Firestore emulator, best first, as they stand on this machine.
 * @param {FirestoreFacts} facts
 * @returns {Attempt[]}
 */
export function firestoreAttempts(facts) {
  const there = facts.hidaneOnPath ?? facts.hidaneInCache;
  if (there !== undefined) return [{ use: { kind: "hidane", path: there } }];
  return [
    facts.npmHasNone ? { lack: "npm: the registry has no package hidane" } : { make: "npm" },
    facts.cargo ? { make: "cargo" } : { lack: "cargo: not on the PATH" },
    javaAttempt(facts),
  ];
}

/**
 * @param {FirestoreFacts} facts
 * @returns {Attempt}
 */
function javaAttempt({ javaMajor, jar }) {
  if (javaMajor === undefined) return { lack: "Java: not on the PATH" };
  if (javaMajor < JAVA_MAJOR) {
    return { lack: `Java: ${javaMajor} is on the PATH, ${JAVA_MAJOR} or newer is needed` };
  }
  return jar ? { use: { kind: "jar", path: jar } } : { make: "download" };
}

/** @param {Env} env */
const cargoFolder = (env) => join(cacheFolder(env), `hidane-${HIDANE_VERSION}`);
/** @param {Env} env */
const npmFolder = (env) => join(cacheFolder(env), `hidane-npm-${HIDANE_VERSION}`);
/** @param {Env} env */
const npmHasNoneMark = (env) => join(cacheFolder(env), `hidane-npm-${HIDANE_VERSION}.none`);

/**
 * @param {Env} env
 * @returns {string | undefined}
 */
function hidaneInCache(env) {
  return ifExists(join(cargoFolder(env), CARGO_BIN)) ?? ifExists(join(npmFolder(env), NPM_BIN));
}

/** @param {Env} env */
function findJar(env) {
  return env.FIRESTORE_EMULATOR_BINARY_PATH || findInFirebaseCache(env, JAR_NAME);
}

/**
 * Looks around; asks Java for its version only when hidane is not there.
 * @param {Env} env
 * @returns {Promise<FirestoreFacts>}
 */
export async function firestoreFacts(env) {
  const facts = {
    hidaneOnPath: which("hidane", env),
    hidaneInCache: hidaneInCache(env),
    npmHasNone: ifExists(npmHasNoneMark(env)) !== undefined,
    cargo: which("cargo", env),
    jar: findJar(env),
  };
  if (facts.hidaneOnPath ?? facts.hidaneInCache) return facts;
  return { ...facts, javaMajor: await findJavaMajor(env) };
}

/**
 * @param {Env} env
 * @param {{ write(text: string): unknown, isTTY?: boolean }} [out]
 * @returns {Promise<FirestoreTool>}
 */
export async function resolveFirestore(env, out) {
  return takeFirst(firestoreAttempts(await firestoreFacts(env)), makers(env), message, out);
}

/**
 * @param {Env} env
 * @returns {Record<string, import("./attempts.mjs").Maker<FirestoreTool>>}
 */
function makers(env) {
  const name = `Firestore emulator (hidane ${HIDANE_VERSION}`;
  return {
    npm: { label: `${name}, from npm)`, run: () => fromNpm(env) },
    cargo: { label: `${name}, built by cargo, about 3 minutes)`, run: () => fromCargo(env) },
    download: { label: "Firestore emulator (official jar)", run: () => fromGoogle(env) },
  };
}

/** @param {Env} env */
async function fromNpm(env) {
  let said = "";
  try {
    await placeInCache(npmFolder(env), NPM_BIN, async (folder) => {
      const installed = await npmInstall(folder, `hidane@${HIDANE_VERSION}`, env);
      said = installed.output;
      const tried = await runQuietly(join(folder, NPM_BIN), ["--version"], { env });
      if (!tried.output.includes(HIDANE_VERSION)) throw new Error("it does not run");
    });
    return tool(join(npmFolder(env), NPM_BIN));
  } catch {
    // Expected where the registry lacks it: the next way is tried, and this one not again.
    if (said.includes("E404")) writeFileSync(npmHasNoneMark(env), "");
    return { reason: `npm: no package hidane that runs here (${lastLines(said, 1)})` };
  }
}

/** @param {Env} env */
async function fromCargo(env) {
  let said = "";
  try {
    await placeInCache(cargoFolder(env), CARGO_BIN, async (folder) => {
      const args = ["install", "hidane", "--version", HIDANE_VERSION, "--locked", "--root", folder];
      said = (await runQuietly("cargo", args, { env })).output;
    });
    return tool(join(cargoFolder(env), CARGO_BIN));
  } catch {
    return { reason: `cargo: could not build hidane:\n${lastLines(said, 8)}` };
  }
}

/** @param {Env} env */
async function fromGoogle(env) {
  const { output } = await downloadOfficial("firestore", env);
  const jar = findJar(env);
  if (jar === undefined) return { reason: `Java: no official jar:\n${lastLines(output, 4)}` };
  return { tool: /** @type {FirestoreTool} */ ({ kind: "jar", path: jar }) };
}

/**
 * @param {string} path
 * @returns {{ tool: FirestoreTool }}
 */
function tool(path) {
  return { tool: { kind: "hidane", path } };
}

/** @param {string[]} reasons */
function message(reasons) {
  return `The Firestore emulator cannot be had. It stands in for the database: the ledger, the aggregates and the budgets live in it.
Ways to get it, any one of them:
  - hidane on the PATH (https://hidane.dev)
  - Rust 1.88 or newer (https://rustup.rs): cargo install hidane --version ${HIDANE_VERSION} --locked is then run for you
  - Java ${JAVA_MAJOR} or newer and Google's jar, either downloaded by firebase-tools or named in FIRESTORE_EMULATOR_BINARY_PATH
What was tried:
${reasons.map((reason) => `  - ${reason}`).join("\n")}`;
}
