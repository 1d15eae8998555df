import type { Clock } from "../core/clock.ts";
import { atDeadline } from "../firestore/deadline.ts";

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  // What has arrived meanwhile goes first: a busy process would take it for late.
  schedule: atDeadline,
  soon: setImmediate,
};
