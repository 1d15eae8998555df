import { setImmediate as whatCanRun } from "node:timers/promises";

/** Small seeded generator (mulberry32), so that a run can be repeated from its seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Everything that takes time waits here, and is let go on one by one, in a random order: that is an interleaving.
 * Between two steps everything runs that can run without waiting.
 */
export class Interleaver {
  readonly random: () => number;
  /** Steps taken: the choices that make this interleaving. */
  steps = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  /** Resolves when its turn has come. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random() * choices.length)] as T;
  }

  /** Takes up to `count` steps; gives back whether anything was waiting at the end. */
  async run(count: number): Promise<boolean> {
    for (let taken = 0; taken < count; taken += 1) {
      await whatCanRun();
      if (this.waiting.length === 0) return false;
      const [next] = this.waiting.splice(Math.floor(this.random() * this.waiting.length), 1);
      this.steps += 1;
      next?.();
    }
    await whatCanRun();
    return this.waiting.length > 0;
  }

  /** Until nothing waits any more. @throws Error when that does not happen */
  async runOut(): Promise<void> {
    if (await this.run(100_000)) throw new Error("something waits for ever");
  }
}
