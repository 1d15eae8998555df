import { describeEvents } from "./scenarios/events.ts";

describeEvents({
  calls: 150,
  atOnce: 8,
  processes: 1,
  aggregators: 2,
  kills: 2,
  looks: 4,
  timeoutMs: 60_000,
});
