import { describeKills } from "./scenarios/kills.ts";

describeKills({
  calls: 150,
  atOnce: 16,
  processes: 2,
  kills: 3,
  journal: "before",
  blocked: ["ann", "ben"],
  timeoutMs: 90_000,
});
