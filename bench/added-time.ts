import { ask, chunksOf } from "./callable.ts";
import { CHUNKS, type Manner, questions } from "./conversation.ts";
import { keepCalling } from "./load.ts";
import { bareSide, type Side, tollgateSide } from "./sides.ts";
import type { Sizes } from "./sizes.ts";
import { percentile } from "./statistics.ts";

export interface Case extends Manner {
  readonly atOnce: number;
}

/** One side in one case and round. */
export interface Measured {
  readonly callsPerSecond: number;
  /** Of the serving process alone. */
  readonly cpuMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly firstChunkP50Ms: number;
  readonly firstChunkP99Ms: number;
}

export interface Compared {
  readonly case: Case;
  /** By round. */
  readonly bare: readonly Measured[];
  readonly tollgate: readonly Measured[];
}

export const CASES: readonly Case[] = [
  { streams: false, atOnce: 1 },
  { streams: false, atOnce: 16 },
  { streams: false, atOnce: 64 },
  { streams: true, atOnce: 1 },
  { streams: true, atOnce: 16 },
  { streams: true, atOnce: 64 },
  { streams: false, atOnce: 1, modelMs: 300 },
];

const WARM_UP_AT_ONCE = 16;
/** With a model that takes its time a window holds few calls. */
const SLOW_WINDOWS = 2.5;

/** The same calls to both servers in turns, so that what else the machine does meets both. */
export async function measureAddedTime(
  { rounds, windowMs, warmUpMs }: Sizes,
  say: (line: string) => void,
): Promise<Compared[]> {
  const bare = await bareSide();
  const tollgate = await tollgateSide({ target: "chat", database: "bench-time" });
  const compared = CASES.map((its) => ({
    case: its,
    bare: [] as Measured[],
    tollgate: [] as Measured[],
  }));
  try {
    for (const side of [bare, tollgate]) await warmUp(side, warmUpMs);
    for (let round = 0; round < rounds; round += 1) {
      say(`  round ${round + 1} of ${rounds}`);
      for (const { case: its, ...figures } of compared) {
        const turns = [
          async () => figures.bare.push(await measure(bare, its, windowMs)),
          async () => figures.tollgate.push(await measure(tollgate, its, windowMs)),
        ];
        for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
      }
    }
  } finally {
    for (const side of [bare, tollgate]) await side.served.stop();
  }
  return compared;
}

async function warmUp(side: Side, durationMs: number): Promise<void> {
  for (const streams of [false, true]) {
    await measure(side, { streams, atOnce: WARM_UP_AT_ONCE }, durationMs);
  }
}

async function measure(
  side: Side,
  { atOnce, ...manner }: Case,
  windowMs: number,
): Promise<Measured> {
  const { served, signIn } = side;
  const { streams } = manner;
  const questionAt = questions(served.origin, signIn, manner);
  const durationMs = manner.modelMs === undefined ? windowMs : SLOW_WINDOWS * windowMs;
  const before = await served.used();
  const { answers, elapsedMs } = await keepCalling(
    async (index) => {
      const answer = await ask(questionAt(index));
      const chunks = chunksOf(answer);
      if (streams && chunks !== CHUNKS) throw new Error(`${side.name} sends ${chunks} chunks`);
      return { totalMs: answer.totalMs, firstChunkMs: answer.firstChunkMs ?? Number.NaN };
    },
    atOnce,
    { durationMs },
  );
  const after = await served.used();
  const totals = answers.map(({ totalMs }) => totalMs);
  const firstChunks = answers.map(({ firstChunkMs }) => firstChunkMs);
  return {
    callsPerSecond: (answers.length / elapsedMs) * 1000,
    cpuMs: (after.cpuMs - before.cpuMs) / answers.length,
    p50Ms: percentile(totals, 50),
    p99Ms: percentile(totals, 99),
    firstChunkP50Ms: percentile(firstChunks, 50),
    firstChunkP99Ms: percentile(firstChunks, 99),
  };
}
