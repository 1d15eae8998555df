import type { Served } from "../../e2e/harness/framework.ts";
import type { Random } from "./random.ts";

/** Several processes that serve the same, any of which may die at any time. */
export interface Fleet {
  /** Where to send a request: one of those that are up. */
  url(random: Random): Promise<string>;
  /** Those that are up. */
  pids(): number[];
  /** All that are up. */
  urls(): readonly string[];
  /** Kill -9 of one that is up; another is started in its place. */
  killOne(random: Random): Promise<void>;
  /** Resolves once all that were killed have been replaced. */
  isWhole(): Promise<void>;
  /** All that its processes, the dead ones too, have written. */
  output(): string;
  stop(): Promise<void>;
}

export async function startFleet(size: number, begin: () => Promise<Served>): Promise<Fleet> {
  const up = new Set(await Promise.all(Array.from({ length: size }, begin)));
  const everyone = [...up];
  const coming = new Set<Promise<void>>();
  const replace = async () => {
    const served = await begin();
    everyone.push(served);
    up.add(served);
  };
  const isWhole = async () => {
    while (coming.size > 0) await Promise.all(coming);
  };
  return {
    async url(random) {
      while (up.size === 0) await Promise.race(coming);
      return random.pick([...up]).url;
    },
    pids: () => [...up].map(({ pid }) => pid),
    urls: () => [...up].map(({ url }) => url),
    async killOne(random) {
      if (up.size === 0) return;
      const victim = random.pick([...up]);
      up.delete(victim);
      const replaced = replace().finally(() => coming.delete(replaced));
      coming.add(replaced);
      await victim.stop();
    },
    isWhole,
    output: () => everyone.map((served) => served.output()).join(""),
    async stop() {
      await isWhole();
      await Promise.all([...up].map((served) => served.stop()));
    },
  };
}
