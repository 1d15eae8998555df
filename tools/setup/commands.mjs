import { spawn } from "node:child_process";
import { constants } from "node:os";

/** How much of a command's output is kept for the message when it fails. */
const KEPT_CHARS = 65_536;

/** How soon a process notices that its parent is gone. */
const PARENT_CHECK_MS = 500;

const STOP_SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/** @typedef {(typeof STOP_SIGNALS)[number]} StopSignal */
/** @typedef {import("./paths.mjs").Env} Env */
/** @typedef {{ code: number, output: string }} Outcome */
/** @typedef {{ env: Env, cwd?: string }} Options */
/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/** @type {Set<ChildProcess>} */
const quiet = new Set();
/** @type {ChildProcess | undefined} */
let foreground;

/**
 * What a shell reports for a process that a signal ended.
 * @param {NodeJS.Signals} signal
 */
export function exitCodeOf(signal) {
  return 128 + constants.signals[signal];
}

/**
 * Runs a command to its end with its output (both streams) kept, not shown.
 * A command that cannot be started counts as failed.
 * @param {string} command
 * @param {string[]} args
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
export function runQuietly(command, args, { env, cwd }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: /** @type {NodeJS.ProcessEnv} */ (env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    quiet.add(child);
    let output = "";
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString("utf8")).slice(-KEPT_CHARS);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    /** @param {Outcome} outcome */
    const end = (outcome) => {
      quiet.delete(child);
      resolve(outcome);
    };
    child.on("error", (error) => end({ code: 127, output: error.message }));
    child.on("close", (code) => end({ code: code ?? 1, output: output.trim() }));
  });
}

/**
 * Runs a command that has the terminal to itself, and resolves with its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {Options} options
 * @returns {Promise<number>}
 */
export function runInForeground(command, args, { env, cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: /** @type {NodeJS.ProcessEnv} */ (env),
      stdio: "inherit",
    });
    foreground = child;
    child.on("error", reject);
    child.on("close", (code, signal) => {
      foreground = undefined;
      resolve(code ?? exitCodeOf(signal ?? "SIGKILL"));
    });
  });
}

/**
 * From now on a signal to stop goes to the command in the foreground, which tidies up and ends; with
 * none there, what runs quietly is ended and this process with it.
 */
export function passOnStopSignals() {
  onStopSignal((signal) => {
    if (foreground !== undefined) return foreground.kill(signal);
    for (const child of quiet) child.kill("SIGTERM");
    process.exit(exitCodeOf(signal));
  });
}

/**
 * Calls back on every signal to stop. Losing one's parent counts as SIGTERM: npm ends the shell
 * between itself and its script, and the shell tells nobody.
 * @param {(signal: StopSignal) => void} callback
 */
export function onStopSignal(callback) {
  for (const signal of STOP_SIGNALS) process.on(signal, () => callback(signal));
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    callback("SIGTERM");
  }, PARENT_CHECK_MS);
  watch.unref();
}

/**
 * @param {string} text
 * @param {number} count
 */
export function lastLines(text, count) {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

/**
 * npm says what is wrong first and how to call it last.
 * @param {string} text
 * @param {number} count
 */
export function firstLines(text, count) {
  return text.trim().split("\n").slice(0, count).join("\n");
}
