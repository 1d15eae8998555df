import { beforeAll } from "@jest/globals";
import { SLOW_MS } from "./stack.ts";

/** In UTC. The edge of a month is one of a day too. */
const LENGTH_MS = { minute: 60_000, day: 86_400_000 } as const;
/** A timer may be early by a millisecond, and clocks may differ by some. */
const PAST_MS = 20;

/** Waits for the next minute or day, unless so much of this one is left: what runs then lies within one. */
export async function roomIn(period: keyof typeof LENGTH_MS, needMs: number): Promise<void> {
  const length = LENGTH_MS[period];
  const leftMs = length - (Date.now() % length);
  if (leftMs >= needMs) return;
  await new Promise((resolve) => setTimeout(resolve, leftMs + PAST_MS));
}

/** For a file whose periods are days or months: it begins where the day, and so the month, will not end within it. */
export function useOneDay(needMs = SLOW_MS): void {
  beforeAll(() => roomIn("day", needMs), needMs + 5_000);
}
