import { faultyLink } from "../test/faults/harness/faulty-link.ts";
import { ask } from "./callable.ts";
import { questions } from "./conversation.ts";
import { tollgateSide } from "./sides.ts";
import type { Sizes } from "./sizes.ts";
import { percentile } from "./statistics.ts";

/** First chunks by round, with Firestore as it is and slower. */
export interface BeforeProvider {
  /** By how much every answer of Firestore comes later. */
  readonly slowerMs: number;
  readonly usualMs: readonly number[];
  readonly slowMs: readonly number[];
}

/** In each direction. */
const DELAY_MS = 100;
const WARM_UP_STREAMS = 20;

/**
 * Whether a call waits for Firestore before the provider is asked: with Firestore slower by a known time, whatever waits
 * is later by that. Without a budget, and with ids that are made here; the list of budgets is cached.
 */
export async function measureBeforeProvider({
  rounds,
  countedStreams,
}: Sizes): Promise<BeforeProvider> {
  const link = await faultyLink(process.env.FIRESTORE_EMULATOR_HOST ?? "");
  const env = { FIRESTORE_EMULATOR_HOST: link.address };
  const database = "bench-before-provider";
  const { served, signIn } = await tollgateSide({ target: "chat", database, env });
  const questionAt = questions(served.origin, signIn, { streams: true });
  const firstChunkMs = async (streams: number) => {
    const firstMs: number[] = [];
    for (let index = 0; index < streams; index += 1) {
      firstMs.push((await ask(questionAt(index))).firstChunkMs ?? Number.NaN);
    }
    return percentile(firstMs, 50);
  };
  const usualMs: number[] = [];
  const slowMs: number[] = [];
  try {
    await firstChunkMs(WARM_UP_STREAMS);
    for (let round = 0; round < rounds; round += 1) {
      link.delay(0);
      usualMs.push(await firstChunkMs(countedStreams));
      link.delay(DELAY_MS);
      slowMs.push(await firstChunkMs(countedStreams));
    }
  } finally {
    await served.stop();
    await link.close();
  }
  return { slowerMs: 2 * DELAY_MS, usualMs, slowMs };
}
