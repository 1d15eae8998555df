import type { RebuildTarget } from "../../ledger/rebuild.ts";

const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 24;

export const REBUILD_USAGE = [
  "Usage: npm run rebuild -- WHAT [--apply] [--project PROJECT_ID]",
  "  user UID 2026-11       a user's month",
  "  session UID SESSION    a session",
  "  day 2026-11-22         everybody's day, every shard of it",
  "  window WINDOW_ID       a window of a budget",
  "  month 2026-11          everything that the entries of a month have moved",
  "  compare [HOURS]        what has moved in the last 24, or so many, hours",
  "Says what differs from the ledger; --apply makes it right.",
].join("\n");

/** undefined when the words name nothing that can be rebuilt. */
export function rebuildTarget(words: readonly string[], nowMs: number): RebuildTarget | undefined {
  const [kind, first = "", second = "", ...more] = words;
  if (more.length > 0) return undefined;
  switch (kind) {
    case "user":
      return first && isMonth(second) ? { kind, userId: first, month: second } : undefined;
    case "session":
      return first && second ? { kind, userId: first, sessionId: second } : undefined;
    case "day":
      return isDay(first) && !second ? { kind, day: first } : undefined;
    case "window":
      return first && !second ? { kind, windowId: first } : undefined;
    case "month":
      return isMonth(first) && !second ? { kind, month: first } : undefined;
    case "compare": {
      const hours = first === "" ? DEFAULT_HOURS : Number(first);
      const isRight = Number.isFinite(hours) && hours > 0 && !second;
      return isRight ? { kind: "moved", since: new Date(nowMs - hours * HOUR_MS) } : undefined;
    }
    default:
      return undefined;
  }
}

function isMonth(text: string): boolean {
  return /^\d{4}-\d{2}$/.test(text) && isDay(`${text}-01`);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
