import { describeCrowd } from "./scenarios/crowd.ts";

describeCrowd({ calls: 150, processes: 2, timeoutMs: 90_000 });
