import { describe, expect, it } from "@jest/globals";
import type { BudgetAlertItem } from "../../functions/src/contracts/alerts.ts";
import type {
  GetTopUsersResponse,
  GetUsageResponse,
} from "../../functions/src/contracts/reports.ts";
import { alertTable } from "../../tools/demo/alert-table.ts";
import { modelTable } from "../../tools/demo/model-table.ts";
import { WIDTH } from "../../tools/demo/screen.ts";
import { topUsersTable } from "../../tools/demo/top-users-table.ts";
import { userTable } from "../../tools/demo/user-table.ts";
import { colors, totals } from "./fixtures.ts";

const group = (key: string, costNanoUsd: number) => ({ key, totals: totals({ costNanoUsd }) });

const sum = (groups: readonly { totals: { costNanoUsd: number } }[]) =>
  groups.reduce((all, each) => all + each.totals.costNanoUsd, 0);

const usageOf = (...groups: ReturnType<typeof group>[]) =>
  ({ groups, totals: totals({ costNanoUsd: sum(groups) }) }) as unknown as GetUsageResponse;

const person = (displayName: string) => ({
  displayName,
  email: "x@example.com",
  password: "x",
  department: "sales",
  orgId: "acme",
});

describe("the table of users and models", () => {
  const ines = usageOf(group("openai/gpt-4o", 4_400_000_000), group("openai/o3", 9_400_000));
  const maya = usageOf(group("openai/gpt-4o", 204_000));
  const all = usageOf(group("openai/gpt-4o", 4_400_204_000), group("openai/o3", 9_400_000));
  const everyone = [
    { person: person("Maya"), usage: maya },
    { person: person("Ines"), usage: ines },
  ];

  it("has the biggest spender first, all of them last, and points below points", () => {
    expect(userTable(everyone, all, colors)).toEqual([
      "  User       gpt-4o       o3  Others      All  Tokens",
      "  Ines      $4.40    $0.0094          $4.41     1,290",
      "  Maya      $0.0002                   $0.0002   1,290",
      "  Everyone  $4.40    $0.0094          $4.41     1,290",
    ]);
  });

  it("shows as many models as fit, and the rest as others", () => {
    const names = Array.from({ length: 12 }, (_, index) => `a-model-with-a-long-name-${index}`);
    const many = usageOf(...names.map((name) => group(name, 1_234_567)));
    const lines = userTable([{ person: person("Maya"), usage: many }], many, colors);
    expect(lines[0]).toMatch(/^ {2}User +a-model-with-a-long-name-0 +Others +All +Tokens$/);
    expect(lines[1]).toMatch(/\$0\.0012 +\$0\.01 +\$0\.01/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(WIDTH);
  });

  it("stays within the terminal when nobody has used anything", () => {
    expect(userTable([], usageOf(), colors)).toEqual([
      "  User      Others    All  Tokens",
      "  Everyone          $0.00   1,290",
    ]);
  });
});

describe("the table of models", () => {
  it("keeps free models apart from paid ones, and unknown prices from zero", () => {
    const groups = [
      group("openai/gpt-4o-mini", 155_400),
      { key: "openai/sim-free", totals: totals({ freeCalls: 1, costNanoUsd: 0 }) },
      { key: "openai/gpt-99", totals: totals({ unpricedCalls: 1, costNanoUsd: 0 }) },
      { key: "openai/gpt-98", totals: totals({ calls: 3, unpricedCalls: 2 }) },
    ];
    const paid = { calls: 5, tokens: 0, costNanoUsd: 310_800 };
    const cells = modelTable({ groups, paid }, colors).map((line) => line.trim().split(/ {2,}/));
    expect(cells.map((row) => [row[0], row.at(-1)])).toEqual([
      ["Model", "Cost"],
      ["gpt-4o-mini", "$0.00016"],
      ["gpt-99", "No price"],
      ["gpt-98", "$0.00016 + 2 unpriced"],
      ["All paid", "$0.00031"],
      ["sim-free", "Free"],
    ]);
  });
});

describe("the table of alerts", () => {
  const alert = (fields: Partial<BudgetAlertItem>) =>
    ({
      budgetName: "Every user",
      budgetId: "user:*:usd:month",
      window: "month",
      scope: "user",
      scopeId: "u1",
      userId: "u1",
      threshold: 0.8,
      percentUsed: 80.6,
      spent: 56_420_000,
      limit: 70_000_000,
      ...fields,
    }) as BudgetAlertItem;

  it("names people and what they had spent, exactly, the gravest first", () => {
    const shared = { budgetName: null, scope: "department", scopeId: "support", userId: null };
    const alerts = [
      alert({}),
      alert({ threshold: 1, percentUsed: 101.2, spent: 70_840_000 }),
      alert({ ...shared, budgetId: "department:support:usd:month", percentUsed: 80.1 } as object),
    ];
    expect(alertTable(alerts, (uid) => (uid === "u1" ? "Ines Valcourt" : uid), colors)).toEqual([
      "  Reached  of budget                            by                  Spent then  Limit",
      "  100 %    Every user, month                    Ines Valcourt         $0.07084  $0.07",
      "   80 %    Every user, month                    Ines Valcourt         $0.05642  $0.07",
      "   80 %    department:support:usd:month, month  department support    $0.05642  $0.07",
    ]);
  });
});

describe("no alerts", () => {
  it("are said to be none", () => {
    expect(alertTable([], String, colors)).toEqual(["  none"]);
  });
});

describe("the table of top users", () => {
  it("shows five of them with their share", () => {
    const items = Array.from({ length: 6 }, (_, index) => ({
      userId: `u${index}`,
      displayName: index === 0 ? "Ines Valcourt" : null,
      orgId: "acme",
      department: null,
      totals: totals(),
      sharePerMille: 197,
    }));
    const lines = topUsersTable({ items } as unknown as GetTopUsersResponse, colors);
    expect(lines).toHaveLength(6);
    expect(lines[1]).toBe("  1. Ines Valcourt                  1  $0.00016  19.7 %");
    expect(lines[2]).toMatch(/^ {2}2\. u1 /);
  });
});
