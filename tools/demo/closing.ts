import { stripVTControlCharacters } from "node:util";
import type { BudgetItem } from "../../functions/src/contracts/budgets.ts";
import type { BillLineItem } from "../../functions/src/contracts/entries.ts";
import type { CallJustNow } from "./call-just-now.ts";
import { shortName } from "./model-table.ts";
import { alignDecimals, duration, exactUsd, grouped, tableUsd, tokenCount } from "./money.ts";
import type { Results } from "./results.ts";
import type { Person } from "./samples/samples.ts";
import { type Colors, WIDTH } from "./screen.ts";
import { CLIENT_COMMAND, curlLines } from "./try-it.ts";

const BAR_WIDTH = 24;
const SHOWN_MODELS = 3;

/** Everything that the last screen says. */
export interface Closing
  extends Pick<Results, "addresses" | "simulated" | "readyMs" | "call" | "summary" | "budgets"> {
  readonly admin: Person;
}

/** The last screen: at most 24 lines of 80 columns. */
export function closingLines(closing: Closing, colors: Colors): string[] {
  const { bold } = colors;
  return [
    ...headLines(closing, colors),
    "",
    ...callLines(closing.call, colors),
    "",
    ...monthLines(closing, colors),
    "",
    `${bold("Try")} in another terminal, in this folder; Ctrl-C here stops everything`,
    ...curlLines(closing.addresses),
    CLIENT_COMMAND,
    "npm test",
  ];
}

function headLines({ addresses, simulated, readyMs, admin }: Closing, { bold }: Colors): string[] {
  const { functionsUrl, firestoreUrl, authUrl, modelUrl } = addresses;
  const what = `emulators, ${simulated ? "simulated model" : "a real provider"}, sample data`;
  return [
    apart(`${bold("Tollgate is running")}  (${what})`, `ready in ${duration(readyMs)}`),
    `  Functions  ${functionsUrl}`,
    `  Firestore  ${firestoreUrl}   Auth  ${authUrl}`,
    ...(simulated ? [`  Model      ${modelUrl}/sim/records`] : []),
    `  Admin      ${admin.email} / ${admin.password}`,
  ];
}

function callLines({ entry, aggregatedWithinMs }: CallJustNow, { bold }: Colors): string[] {
  const facts = `${shortName(entry.model)}, ${duration(entry.latencyMs)}, entry ${entry.entryId}`;
  const lines = entry.classCosts;
  const rates = alignDecimals(lines.map(({ usdPerMillion }) => `$${usdPerMillion}`));
  const total = exactUsd(entry.costNanoUsd);
  const amounts = alignDecimals([...lines.map(({ amountUsd }) => `$${amountUsd}`), total]);
  const fate =
    aggregatedWithinMs === null
      ? "not aggregated yet"
      : `aggregated within ${duration(aggregatedWithinMs)}`;
  return [
    apart(bold("A call just now"), facts),
    ...lines.map((line, index) => {
      const rate = `${grouped(line.tokens)} x ${rates[index] ?? ""}/M`;
      return billLine(CLASS_NAMES[line.class] ?? line.class, rate, amounts[index] ?? "");
    }),
    `${billLine("total", "", amounts.at(-1) ?? "")}   ${fate}`,
  ];
}

function billLine(name: string, rate: string, amount: string): string {
  return `  ${name.padEnd(16)}${rate.padStart(20)}${amount.padStart(14)}`;
}

const CLASS_NAMES: Readonly<Partial<Record<BillLineItem["class"], string>>> = {
  input: "input, uncached",
  cacheRead: "input, cached",
};

function monthLines({ summary, budgets }: Closing, { bold }: Colors): string[] {
  const { month, totals, topModels, forecast } = summary;
  const shown = topModels.slice(0, SHOWN_MODELS);
  const rest = shown.reduce((left, each) => left - each.totals.costNanoUsd, totals.costNanoUsd);
  const parts = shown.map(
    ({ key, totals: { costNanoUsd } }) => `${shortName(key)} ${tableUsd(costNanoUsd)}`,
  );
  const counts = `${grouped(totals.calls)} calls, ${tokenCount(totals.totalTokens)} tokens`;
  const budget = budgets.find(({ current }) => current !== null);
  const end = forecast ? `, forecast ${tableUsd(forecast.costNanoUsd)}` : "";
  return [
    `${bold(`${monthName(month)} (UTC)`)}  ${tableUsd(totals.costNanoUsd)}${end}  in ${counts}`,
    `  ${[...parts, `others ${tableUsd(rest)}`].join(" | ")}`,
    ...(budget?.current ? [budgetLine(budget, budget.current.spent)] : []),
  ];
}

/** "  Budget 'Support'  $0.06 of $0.10  ##############----------  61 %" */
function budgetLine({ name, budgetId, limit }: BudgetItem, spent: number): string {
  const filled = Math.min(BAR_WIDTH, Math.floor((spent * BAR_WIDTH) / limit));
  const bar = "#".repeat(filled).padEnd(BAR_WIDTH, "-");
  const amounts = `${tableUsd(spent)} of ${tableUsd(limit)}`;
  return `  Budget '${name ?? budgetId}'  ${amounts}  ${bar}  ${Math.floor((spent * 100) / limit)} %`;
}

/** "2026-11" -> "November 2026" */
function monthName(month: string): string {
  const options = { month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat("en-US", options).format(new Date(`${month}-01T00:00:00Z`));
}

/** One text flush left and one flush right. */
function apart(left: string, right: string): string {
  return left + right.padStart(WIDTH - stripVTControlCharacters(left).length);
}
