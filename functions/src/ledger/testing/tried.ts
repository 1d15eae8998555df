import type { History } from "./world-steps.ts";
import { live } from "./world-steps.ts";

/** What random histories have been through: tried is worth something only if it was much. */
export class Tried {
  readonly count = {
    histories: 0,
    choices: 0,
    commits: 0,
    calls: 0,
    admitted: 0,
    refused: 0,
    aborted: 0,
    unsent: 0,
    entries: 0,
  };

  /** Lives through one more; gives back what is wrong. */
  async live(past: History): Promise<readonly string[]> {
    const { count } = this;
    const { problems, choices, commits, world } = await live(past);
    const entries = world.entries();
    count.histories += 1;
    count.choices += choices;
    count.commits += commits;
    count.calls += world.calls.length;
    count.admitted += world.calls.filter(({ admitted }) => admitted).length;
    count.refused += world.calls.filter(({ ended }) => ended === "refused").length;
    count.aborted += entries.filter(({ status }) => status === "aborted").length;
    count.unsent += world.calls.filter(({ requests }) => requests === 0).length;
    count.entries += entries.length;
    return problems;
  }

  /** Onto the output; gives back what each history had of everything on average. */
  print(): typeof this.count {
    const { count } = this;
    process.stdout.write(`interleavings tried: ${JSON.stringify(count)}\n`);
    const each = Object.entries(count).map(([name, amount]) => [name, amount / count.histories]);
    return Object.fromEntries(each);
  }
}

/** What a history has on average at least: some 60 turns taken by chance, 12 commits, 4 calls. */
export const LEAST_PER_HISTORY = {
  choices: 30,
  commits: 8,
  calls: 2,
  admitted: 0.5,
  refused: 0.5,
  aborted: 0.1,
  unsent: 0.1,
  entries: 2,
} as const;
