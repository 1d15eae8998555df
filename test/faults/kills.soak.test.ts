import { describeKills } from "./scenarios/kills.ts";

describeKills({ calls: 1_000, atOnce: 64, processes: 4, kills: 20, timeoutMs: 300_000 });
