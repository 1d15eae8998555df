import { describeOutage } from "./scenarios/outage.ts";

describeOutage({
  firestoreMs: 60_000,
  bothMs: 30_000,
  everyMs: 50,
  processes: 4,
  timeoutMs: 600_000,
});
