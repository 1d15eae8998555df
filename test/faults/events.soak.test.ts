import { describeEvents } from "./scenarios/events.ts";

describeEvents({
  calls: 1_000,
  atOnce: 32,
  processes: 2,
  aggregators: 3,
  kills: 20,
  looks: 40,
  timeoutMs: 300_000,
});
