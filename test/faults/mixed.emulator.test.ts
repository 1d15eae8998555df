import { describeMixed } from "./scenarios/mixed.ts";

describeMixed({ calls: 300, atOnce: 20, growthMiB: 200, timeoutMs: 120_000 });
