import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { tollgateSide } from "./sides.ts";
import type { Sizes } from "./sizes.ts";
import { type Spread, spread } from "./statistics.ts";

export interface AbortDelay {
  readonly streams: number;
  /** From the client's leaving until the model's connection was closed. */
  readonly delayMs: Spread;
}

const MODEL_URL = process.env.TOLLGATE_MODEL_URL ?? "";
const WARM_UP_STREAMS = 5;
const POLL_MS = 5;
const GIVE_UP_MS = 10_000;
/** A stream that would go on for 10 s. */
const QUESTION = "Tell me a long story. [sim tokens=500 chunks=500 chunkDelay=20]";
const BODY = JSON.stringify({
  data: { model: "gpt-4o-mini", messages: [{ role: "user", content: QUESTION }] },
});

interface Ended {
  readonly seq: number;
  readonly at: string;
  readonly outcome: string;
}

/** How soon a provider's connection is closed when the caller of a stream leaves, one stream after the other. */
export async function measureAborts({ abortedStreams }: Sizes): Promise<AbortDelay> {
  const { served, signIn } = await tollgateSide({ target: "chat", database: "bench-abort" });
  const delaysMs: number[] = [];
  try {
    let seq = (await endedSince(0)).at(-1)?.seq ?? 0;
    for (let stream = 0; stream < WARM_UP_STREAMS + abortedStreams; stream += 1) {
      const leftAtMs = await leaveAfterFirstPiece(served.origin, signIn.tokenOf("bench-abort"));
      const ended = await nextEnd(seq);
      if (ended.outcome !== "aborted") throw new Error(`an aborted stream is ${ended.outcome}`);
      seq = ended.seq;
      if (stream >= WARM_UP_STREAMS) delaysMs.push(Date.parse(ended.at) - leftAtMs);
    }
  } finally {
    await served.stop();
  }
  return { streams: abortedStreams, delayMs: spread(delaysMs) };
}

/** @returns when it left */
function leaveAfterFirstPiece(url: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      accept: "text/event-stream",
      authorization: `Bearer ${token}`,
    };
    let leftAtMs: number | undefined;
    const asked = request(url, { method: "POST", headers }, (response) => {
      response.once("data", () => {
        leftAtMs = Date.now();
        asked.destroy();
        resolve(leftAtMs);
      });
      response.on("error", () => {});
    });
    asked.on("error", (error) => {
      if (leftAtMs === undefined) reject(error);
    });
    asked.end(BODY);
  });
}

async function nextEnd(seq: number): Promise<Ended> {
  const deadlineMs = performance.now() + GIVE_UP_MS;
  while (performance.now() < deadlineMs) {
    const [ended] = await endedSince(seq);
    if (ended) return ended;
    await delay(POLL_MS);
  }
  throw new Error(`a stream that was left is still open after ${GIVE_UP_MS} ms`);
}

async function endedSince(seq: number): Promise<Ended[]> {
  const response = await fetch(`${MODEL_URL}/sim/records?since=${seq}`);
  return ((await response.json()) as { records: Ended[] }).records;
}
