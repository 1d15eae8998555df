import { SetupError } from "./errors.mjs";
import { step } from "./progress.mjs";

/**
 * One way to a tool. `use`: it is there. `make`: it would have to be brought, by that name's maker.
 * `lack`: not open on this machine, and why.
 * @typedef {{ use: T } | { make: string } | { lack: string }} Attempt
 * @template T
 */

/**
 * How a `make` is carried out: what the person reads meanwhile, and the work. It ends with the tool
 * or with the reason why there is none.
 * @typedef {{ label: string, run: () => Promise<{ tool: T } | { reason: string }> }} Maker
 * @template T
 */

/**
 * Tries the ways in their order until one gives the tool.
 * @template T
 * @param {Attempt<T>[]} attempts
 * @param {Record<string, Maker<T>>} makers
 * @param {(reasons: string[]) => string} message
 * @param {{ write(text: string): unknown, isTTY?: boolean }} [out]
 * @returns {Promise<T>}
 */
export async function takeFirst(attempts, makers, message, out) {
  const reasons = [];
  for (const attempt of attempts) {
    if ("use" in attempt) return attempt.use;
    if ("lack" in attempt) {
      reasons.push(attempt.lack);
      continue;
    }
    const maker = makers[attempt.make];
    if (maker === undefined) throw new Error(`no maker for ${attempt.make}`);
    const made = await step(maker.label, maker.run, out);
    if ("tool" in made) return made.tool;
    reasons.push(made.reason);
  }
  throw new SetupError(message(reasons));
}
