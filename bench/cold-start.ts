import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ask } from "./callable.ts";
import { questions } from "./conversation.ts";
import { tollgateSide } from "./sides.ts";
import type { Sizes } from "./sizes.ts";
import { median, type Spread, spread } from "./statistics.ts";

export interface ColdStart {
  readonly importMs: Spread;
  /** What is loaded with the functions, in the order in which they import it. */
  readonly packages: readonly ColdPackage[];
  readonly targets: readonly ColdTarget[];
}

interface ColdPackage {
  readonly name: string;
  /** In a process that has nothing else. */
  readonly aloneMs: number;
  /** After those before it in the list, with which it may share parts. */
  readonly addedMs: number;
}

interface ColdTarget {
  readonly target: string;
  /** From the start of the process until it listens. */
  readonly startMs: Spread;
  readonly firstMs: Spread;
  readonly secondMs: Spread;
}

const INDEX = new URL("../functions/lib/index.js", import.meta.url).href;
/** Doors that take the same call: one with the whole of it, one that calls no model and writes nothing. */
const TARGETS = ["chat", "estimateCost"];

export async function measureColdStart(sizes: Sizes): Promise<ColdStart> {
  const imports = await repeat(sizes.imports, () => importTimes(INDEX));
  return {
    importMs: spread(imports.map(([time = Number.NaN]) => time)),
    packages: await weighPackages(sizes),
    targets: await inTurn(TARGETS, (target) => measureTarget(target, sizes)),
  };
}

async function weighPackages({ coldStarts }: Sizes): Promise<ColdPackage[]> {
  const urls = JSON.parse(await run("direct-packages.ts", INDEX)) as string[];
  const together = await repeat(coldStarts, () => importTimes(...urls, INDEX));
  const names = [...urls.map(nameOf), "Tollgate itself"];
  return inTurn(names, async (name) => {
    const at = names.indexOf(name);
    const url = urls[at];
    const alone = url && (await repeat(coldStarts, () => importTimes(url)));
    return {
      name,
      aloneMs: alone ? median(alone.map(([time = Number.NaN]) => time)) : Number.NaN,
      addedMs: median(together.map((times) => times[at] ?? Number.NaN)),
    };
  });
}

/** "zod/index.js" of a URL below some node_modules. */
function nameOf(url: string): string {
  return url.slice(url.lastIndexOf("/node_modules/") + "/node_modules/".length);
}

async function measureTarget(target: string, { coldStarts }: Sizes): Promise<ColdTarget> {
  const starts = await repeat(coldStarts, async () => {
    const side = await tollgateSide({ target, database: `bench-cold-${target}` });
    try {
      const questionAt = questions(side.served.origin, side.signIn, { streams: false });
      const first = await ask(questionAt(0));
      const second = await ask(questionAt(1));
      return { startMs: side.served.startMs, firstMs: first.totalMs, secondMs: second.totalMs };
    } finally {
      await side.served.stop();
    }
  });
  return {
    target,
    startMs: spread(starts.map(({ startMs }) => startMs)),
    firstMs: spread(starts.map(({ firstMs }) => firstMs)),
    secondMs: spread(starts.map(({ secondMs }) => secondMs)),
  };
}

async function importTimes(...urls: string[]): Promise<number[]> {
  return JSON.parse(await run("import-time.ts", ...urls));
}

async function run(script: string, ...args: string[]): Promise<string> {
  const path = fileURLToPath(new URL(`./cold/${script}`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args]);
  return stdout;
}

async function repeat<T>(times: number, take: () => Promise<T>): Promise<T[]> {
  return inTurn(Array.from({ length: times }), take);
}

/** One after the other, for two at once would slow each other down. */
async function inTurn<In, Out>(items: readonly In[], take: (item: In) => Promise<Out>) {
  const taken: Out[] = [];
  for (const item of items) taken.push(await take(item));
  return taken;
}
