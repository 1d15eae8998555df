import { dirname, join } from "node:path";
import { placeInCache } from "./cache.mjs";
import { firstLines, runQuietly } from "./commands.mjs";
import { SetupError } from "./errors.mjs";
import { cacheFolder, ifExists } from "./paths.mjs";
import { NODE_VERSION } from "./versions.mjs";

/** @typedef {import("./paths.mjs").Env} Env */

/**
 * The npm package that holds nothing but Node's executable, without an install script.
 * @param {string} platform
 * @param {string} arch
 */
export function nodePackage(platform, arch) {
  const prefix = platform === "darwin" && arch === "arm64" ? "node-bin" : "node";
  return `${prefix}-${platform}-${arch}`;
}

/** @param {Env} env */
function nodeFolder(env) {
  return join(cacheFolder(env), `node-${NODE_VERSION}-${process.platform}-${process.arch}`);
}

const executable = () =>
  join("node_modules", nodePackage(process.platform, process.arch), "bin", "node");

/**
 * The folder to put first on the PATH, if that Node is there.
 * @param {Env} env
 * @returns {string | undefined}
 */
export function findNode(env) {
  if (process.version === `v${NODE_VERSION}`) return dirname(process.execPath);
  const found = ifExists(join(nodeFolder(env), executable()));
  return found && dirname(found);
}

/** @param {Env} env */
export async function installNode(env) {
  const spec = `${nodePackage(process.platform, process.arch)}@${NODE_VERSION}`;
  await placeInCache(nodeFolder(env), executable(), async (folder) => {
    const { code, output } = await npmInstall(folder, spec, env);
    if (code !== 0) throw new SetupError(nodeMissing(spec, output));
  });
}

/**
 * @param {string} folder
 * @param {string} spec
 * @param {Env} env
 */
export function npmInstall(folder, spec, env) {
  const flags = ["--ignore-scripts", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
  return runQuietly("npm", ["install", "--prefix", folder, ...flags, spec], { env, cwd: folder });
}

/**
 * @param {string} spec
 * @param {string} output
 */
function nodeMissing(spec, output) {
  return `Node ${NODE_VERSION} cannot be had. The functions run on it, and Firebase's packages need 22 or newer.
Ways to get it:
  - let npm reach a registry that has ${spec}, and try again
  - put Node ${NODE_VERSION} first on the PATH yourself
npm said:
${firstLines(output, 8)}`;
}
