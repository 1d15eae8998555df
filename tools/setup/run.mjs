/**
 * The one door of every npm script: node tools/setup/run.mjs TASK [ARGUMENTS].
 * Runs on whatever Node (20 or newer) is there, with no package installed; brings what the task
 * needs and then runs the task under Node 24.
 */
import { join } from "node:path";
import { passOnStopSignals, runInForeground } from "./commands.mjs";
import { SetupError } from "./errors.mjs";
import { ROOT } from "./paths.mjs";
import { TASKS } from "./tasks.mjs";
import { ensureEmulators, ensureNodeAndPackages } from "./toolchain.mjs";

/** The oldest Node that this file itself runs on. */
const OLDEST_NODE = 20;

function refuseHost() {
  if (process.platform === "win32") {
    throw new SetupError("Tollgate's tools run on Linux and macOS. On Windows, use WSL 2.");
  }
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    throw new SetupError(
      `Node ${OLDEST_NODE} or newer is needed to begin; this is ${process.version}.`,
    );
  }
}

/**
 * @param {string[]} argv
 * @returns {Promise<number>}
 */
async function main([name = "", ...rest]) {
  refuseHost();
  const task = TASKS[name];
  if (task === undefined) throw new SetupError(`Tasks: ${Object.keys(TASKS).join(", ")}`);
  const env = await ensureNodeAndPackages(process.env);
  if (task.emulators) await ensureEmulators(env);
  const args = [join(ROOT, task.script), ...(task.args ?? []), ...rest];
  return runInForeground("node", args, { env, cwd: ROOT });
}

passOnStopSignals();
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    const expected = error instanceof SetupError;
    process.stderr.write(`\n${expected ? error.message : error.stack}\n`);
    process.exit(1);
  },
);
