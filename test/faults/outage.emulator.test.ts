import { describeOutage } from "./scenarios/outage.ts";

describeOutage({
  firestoreMs: 4_500,
  bothMs: 3_500,
  everyMs: 75,
  processes: 2,
  timeoutMs: 150_000,
});
