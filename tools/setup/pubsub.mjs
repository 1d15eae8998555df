import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { takeFirst } from "./attempts.mjs";
import { placeInCache } from "./cache.mjs";
import { lastLines, runQuietly } from "./commands.mjs";
import { downloadOfficial, findInFirebaseCache, findJavaMajor } from "./java.mjs";
import { cacheFolder, ifExists, ROOT, which } from "./paths.mjs";
import { JAVA_MAJOR } from "./versions.mjs";

/** @typedef {import("./paths.mjs").Env} Env */
/** @typedef {{ kind: "pstest" | "official", path: string }} PubsubTool */
/** @typedef {import("./attempts.mjs").Attempt<PubsubTool>} Attempt */

/**
 * What the choice depends on.
 * @typedef {object} PubsubFacts
 * @property {string} [inCache] our build of pstest
 * @property {string} [go]
 * @property {number} [javaMajor]
 * @property {string} [official] the official emulator's start script
 */

const SOURCES = join(ROOT, "tools", "pstest");
// Not "pubsub-emulator": firebase-tools kills whatever runs under that name.
const BINARY = "pstest";

/**
 * The ways to a Pub/Sub emulator, best first, as they stand on this machine.
 * @param {PubsubFacts} facts
 * @returns {Attempt[]}
 */
export function pubsubAttempts(facts) {
  if (facts.inCache !== undefined) return [{ use: { kind: "pstest", path: facts.inCache } }];
  return [facts.go ? { make: "go" } : { lack: "Go: not on the PATH" }, javaAttempt(facts)];
}

/**
 * @param {PubsubFacts} facts
 * @returns {Attempt}
 */
function javaAttempt({ javaMajor, official }) {
  if (javaMajor === undefined) return { lack: "Java: not on the PATH" };
  if (javaMajor < JAVA_MAJOR) {
    return { lack: `Java: ${javaMajor} is on the PATH, ${JAVA_MAJOR} or newer is needed` };
  }
  return official ? { use: { kind: "official", path: official } } : { make: "download" };
}

/** A change of its sources is another version. */
function sourcesHash() {
  const hash = createHash("sha256");
  for (const name of ["main.go", "go.mod", "go.sum"])
    hash.update(readFileSync(join(SOURCES, name)));
  return hash.digest("hex").slice(0, 12);
}

/** @param {Env} env */
const buildFolder = (env) => join(cacheFolder(env), `pstest-${sourcesHash()}`);

/** @param {Env} env */
function findOfficial(env) {
  if (env.PUBSUB_EMULATOR_BINARY_PATH) return env.PUBSUB_EMULATOR_BINARY_PATH;
  const folder = findInFirebaseCache(env, /^pubsub-emulator-[\d.]+$/);
  return folder && ifExists(join(folder, "pubsub-emulator", "bin", "cloud-pubsub-emulator"));
}

/**
 * @param {Env} env
 * @returns {Promise<PubsubFacts>}
 */
export async function pubsubFacts(env) {
  const inCache = ifExists(join(buildFolder(env), BINARY));
  if (inCache !== undefined) return { inCache };
  return { go: which("go", env), official: findOfficial(env), javaMajor: await findJavaMajor(env) };
}

/**
 * @param {Env} env
 * @param {{ write(text: string): unknown, isTTY?: boolean }} [out]
 * @returns {Promise<PubsubTool>}
 */
export async function resolvePubsub(env, out) {
  return takeFirst(pubsubAttempts(await pubsubFacts(env)), makers(env), message, out);
}

/**
 * @param {Env} env
 * @returns {Record<string, import("./attempts.mjs").Maker<PubsubTool>>}
 */
function makers(env) {
  return {
    go: { label: "Pub/Sub emulator (pstest, built by Go)", run: () => fromGo(env) },
    download: { label: "Pub/Sub emulator (official)", run: () => fromGoogle(env) },
  };
}

/** @param {Env} env */
async function fromGo(env) {
  let said = "";
  try {
    await placeInCache(buildFolder(env), BINARY, async (folder) => {
      const args = ["build", "-o", join(folder, BINARY), "."];
      said = (await runQuietly("go", args, { env, cwd: SOURCES })).output;
    });
    return {
      tool: /** @type {PubsubTool} */ ({ kind: "pstest", path: join(buildFolder(env), BINARY) }),
    };
  } catch {
    return { reason: `Go: could not build pstest:\n${lastLines(said, 8)}` };
  }
}

/** @param {Env} env */
async function fromGoogle(env) {
  const { output } = await downloadOfficial("pubsub", env);
  const path = findOfficial(env);
  if (path === undefined) return { reason: `Java: no official emulator:\n${lastLines(output, 4)}` };
  return { tool: /** @type {PubsubTool} */ ({ kind: "official", path }) };
}

/** @param {string[]} reasons */
function message(reasons) {
  return `The Pub/Sub emulator cannot be had. Budget alerts and overflow of the ledger travel through it.
Ways to get it, any one of them:
  - Go (https://go.dev/dl): tools/pstest, Google's own in-memory server, is then built for you
  - Java ${JAVA_MAJOR} or newer and Google's emulator, either downloaded by firebase-tools or its start script named in PUBSUB_EMULATOR_BINARY_PATH
What was tried:
${reasons.map((reason) => `  - ${reason}`).join("\n")}`;
}
