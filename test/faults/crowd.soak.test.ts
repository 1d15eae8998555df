import { describeCrowd } from "./scenarios/crowd.ts";

describeCrowd({ calls: 1_000, processes: 4, timeoutMs: 300_000 });
