import { describeKills } from "./scenarios/kills.ts";

describeKills({ calls: 150, atOnce: 16, processes: 3, kills: 4, timeoutMs: 90_000 });
