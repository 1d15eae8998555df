import { describe } from "@jest/globals";
import { describeKills, USERS } from "./scenarios/kills.ts";

const LOAD = { calls: 1_000, atOnce: 64, processes: 4, kills: 20, timeoutMs: 400_000 };

describe("with JOURNAL=before", () => {
  describeKills({ ...LOAD, journal: "before", blocked: [] });
});

describe("under budgets that block", () => {
  describeKills({ ...LOAD, journal: "beside", blocked: USERS });
});
