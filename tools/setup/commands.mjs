import { spawn } from "node:child_process";

/** How much of a command's output is kept for the message when it fails. */
const KEPT_CHARS = 16_384;

/** @typedef {import("./paths.mjs").Env} Env */
/** @typedef {{ code: number, output: string }} Outcome */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** Ends whatever set-up has under way, so that Ctrl-C leaves nothing running. */
export function endRunningCommands() {
  for (const child of running) child.kill("SIGTERM");
}

/**
 * Runs a command to its end with its output (both streams) kept, not shown.
 * A command that cannot be started counts as failed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env: Env, cwd?: string }} options
 * @returns {Promise<Outcome>}
 */
export function runQuietly(command, args, { env, cwd }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: /** @type {NodeJS.ProcessEnv} */ (env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let output = "";
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output = (output + chunk.toString("utf8")).slice(-KEPT_CHARS);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    /** @param {Outcome} outcome */
    const end = (outcome) => {
      running.delete(child);
      resolve(outcome);
    };
    child.on("error", (error) => end({ code: 127, output: error.message }));
    child.on("close", (code) => end({ code: code ?? 1, output: output.trim() }));
  });
}

/**
 * @param {string} text
 * @param {number} count
 */
export function lastLines(text, count) {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
