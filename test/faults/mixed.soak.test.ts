import { describeMixed } from "./scenarios/mixed.ts";

describeMixed({ calls: 20_000, atOnce: 32, growthMiB: 100, timeoutMs: 1_800_000 });
