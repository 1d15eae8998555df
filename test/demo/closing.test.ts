import { describe, expect, it } from "@jest/globals";
import type { BudgetItem } from "../../functions/src/contracts/budgets.ts";
import type { EntryItem } from "../../functions/src/contracts/entries.ts";
import type { GetSummaryResponse } from "../../functions/src/contracts/reports.ts";
import { type Closing, closingLines } from "../../tools/demo/closing.ts";
import { WIDTH } from "../../tools/demo/screen.ts";
import { clientSource, curlLines } from "../../tools/demo/try-it.ts";
import { colors, totals } from "./fixtures.ts";

const MAX_LINES = 24;

const addresses = {
  projectId: "demo-tollgate",
  functionsUrl: "http://127.0.0.1:50010/demo-tollgate/us-central1",
  authUrl: "http://127.0.0.1:9099",
  firestoreUrl: "http://127.0.0.1:8080",
  modelUrl: "http://127.0.0.1:5400",
};

const admin = {
  displayName: "Robin",
  email: "admin@example.com",
  password: "tollgate",
  department: "operations",
  orgId: "acme",
};

const entry = {
  entryId: "k7q2mzk7q2mzk7q2mzk7q2mzk7",
  model: "openai/gpt-4o-mini",
  latencyMs: 312,
  costNanoUsd: 155_400,
  classCosts: [
    { class: "input", tokens: 180, usdPerMillion: "0.15", amountUsd: "0.000027" },
    { class: "cacheRead", tokens: 1_024, usdPerMillion: "0.075", amountUsd: "0.0000768" },
    { class: "output", tokens: 86, usdPerMillion: "0.60", amountUsd: "0.0000516" },
  ],
} as unknown as EntryItem;

const summary = {
  month: "2026-11",
  totals: totals({ calls: 349, totalTokens: 182_361, costNanoUsd: 392_971_710 }),
  forecast: null,
  topModels: [
    { key: "openai/gpt-4.1", totals: totals({ costNanoUsd: 105_646_000 }) },
    { key: "openai/gpt-4o", totals: totals({ costNanoUsd: 88_760_000 }) },
    { key: "openai/o3", totals: totals({ costNanoUsd: 75_144_000 }) },
    { key: "~other", totals: totals({ costNanoUsd: 123_421_710 }) },
  ],
} as unknown as GetSummaryResponse;

const budget = {
  budgetId: "department:support:usd:month",
  name: "Support",
  limit: 80_000_000,
  current: { period: "2026-11", spent: 68_622_590, held: 0, left: 11_377_410, resetsAt: null },
} as BudgetItem;

const closing: Closing = {
  addresses,
  simulated: true,
  readyMs: 9_800,
  admin,
  call: { entry, aggregatedWithinMs: 212 },
  summary,
  budgets: [{ ...budget, current: null }, budget],
};

describe("the last screen", () => {
  const lines = closingLines(closing, colors);

  it("fits a terminal of 24 lines and 80 columns", () => {
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
    expect(lines.filter((line) => line.length > WIDTH)).toEqual([]);
  });

  it("begins with where everything is", () => {
    expect(lines[0]).toMatch(/^Tollgate is running .* ready in 9\.8 s$/);
    expect(lines.slice(1, 5).join("\n")).toMatch(
      /50010[\s\S]*8080[\s\S]*9099[\s\S]*5400[\s\S]*admin@example/,
    );
  });

  it("shows a call as a bill whose lines add up", () => {
    expect(lines.slice(6, 11)).toEqual([
      "A call just now            gpt-4o-mini, 312 ms, entry k7q2mzk7q2mzk7q2mzk7q2mzk7",
      "  input, uncached       180 x $0.15 /M    $0.000027 ",
      "  input, cached       1,024 x $0.075/M    $0.0000768",
      "  output                 86 x $0.60 /M    $0.0000516",
      "  total                                   $0.0001554   aggregated within 212 ms",
    ]);
  });

  it("shows the month, its dearest models, and a budget", () => {
    expect(lines.slice(12, 15)).toEqual([
      "November 2026 (UTC)  $0.39  in 349 calls, 182K tokens",
      "  gpt-4.1 $0.11 | gpt-4o $0.09 | o3 $0.08 | others $0.12",
      "  Budget 'Support'  $0.07 of $0.08  ####################----  85 %",
    ]);
  });

  it("shows a forecast only when there is one", () => {
    const forecast = { costNanoUsd: 4_400_000_000, minNanoUsd: 0, maxNanoUsd: 0, days: 7 };
    const text = closingLines({ ...closing, summary: { ...summary, forecast } }, colors).join("\n");
    expect(text).toContain("$0.39, forecast $4.40  in 349 calls");
    expect(lines.join("\n")).not.toContain("forecast");
  });

  it("does not speak of a simulated model where a real one answers", () => {
    const text = closingLines({ ...closing, simulated: false }, colors).join("\n");
    expect(text).not.toMatch(/simulated|\/sim\/records/);
  });

  it("does not claim what was not measured", () => {
    const call = { entry, aggregatedWithinMs: null };
    expect(closingLines({ ...closing, call }, colors).join("\n")).toContain("not aggregated yet");
  });

  it("marks a budget that is used up without leaving the screen", () => {
    const spent = { ...budget, current: { ...budget.current, spent: 900_000_000 } } as BudgetItem;
    const text = closingLines({ ...closing, budgets: [spent] }, colors).join("\n");
    expect(text).toContain(`${"#".repeat(24)}  1125 %`);
  });
});

describe("the client to try", () => {
  it("is a dozen lines at most, with the addresses of this stack", () => {
    const source = clientSource({ email: "maya@example.com", password: "tollgate" }, addresses);
    expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(12);
    expect(source).toContain('connectFunctionsEmulator(getFunctions(app), "127.0.0.1", 50010)');
    expect(source).toContain('connectAuthEmulator(getAuth(app), "http://127.0.0.1:9099"');
  });
});

describe("the curl line", () => {
  const lines = curlLines(addresses);

  it("is one command with a body that is JSON", () => {
    const [head, body] = lines.join("\n").split(" -d ");
    expect(head?.replaceAll(" \\\n", "")).not.toContain("\n");
    expect(JSON.parse(body?.replace(/^'|'$/g, "") ?? "")).toMatchObject({
      data: { messages: [{ role: "user" }] },
    });
  });
});
