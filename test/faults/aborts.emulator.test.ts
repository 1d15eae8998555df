import { describeAborts } from "./scenarios/aborts.ts";

describeAborts({ streams: 200, atOnce: 20, timeoutMs: 120_000 });
