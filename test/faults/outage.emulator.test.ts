import { describeOutage } from "./scenarios/outage.ts";

describeOutage({
  firestoreMs: 5_500,
  bothMs: 4_000,
  everyMs: 75,
  processes: 2,
  timeoutMs: 150_000,
});
