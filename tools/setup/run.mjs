/**
 * The one door of every npm script: node tools/setup/run.mjs TASK [ARGUMENTS].
 * Runs on whatever Node (20 or newer) is there, with no package installed; brings what the task
 * needs and then runs the task under Node 24.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { endRunningCommands } from "./commands.mjs";
import { SetupError } from "./errors.mjs";
import { ROOT } from "./paths.mjs";
import { TASKS } from "./tasks.mjs";
import { ensureEmulators, ensureNodeAndPackages } from "./toolchain.mjs";

/** @typedef {import("./paths.mjs").Env} Env */
/** @typedef {"SIGINT" | "SIGTERM" | "SIGHUP"} StopSignal */

/** @type {StopSignal[]} */
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
/** The oldest Node that this file itself runs on. */
const OLDEST_NODE = 20;

/** @type {(signal: StopSignal) => void} */
let onStop = (signal) => {
  endRunningCommands();
  process.exit(128 + constants.signals[signal]);
};
for (const signal of STOP_SIGNALS) process.on(signal, () => onStop(signal));

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
 * Signals are passed on; the task decides when it is done with them.
 * @param {string} script
 * @param {string[]} args
 * @param {Env} env
 * @returns {Promise<number>}
 */
function runTask(script, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn("node", [join(ROOT, script), ...args], {
      cwd: ROOT,
      env: /** @type {NodeJS.ProcessEnv} */ (env),
      stdio: "inherit",
    });
    onStop = (signal) => child.kill(signal);
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]),
    );
  });
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
  return runTask(task.script, [...(task.args ?? []), ...rest], env);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    const expected = error instanceof SetupError;
    process.stderr.write(`\n${expected ? error.message : error.stack}\n`);
    process.exit(1);
  },
);
