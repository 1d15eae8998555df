import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { DAY_SHARDS } from "../../config.ts";
import { firestoreLedger } from "../../firestore/ledger-store.ts";
import type { LedgerStore } from "../../ledger/port.ts";
import { Settler } from "../../ledger/settler.ts";
import { systemClock } from "../system-clock.ts";
import { type CommandTarget, commandTarget, describeTarget } from "./command-target.ts";
import { databaseOf, FIRESTORE, loadParameters } from "./ledger-database.ts";
import { recordsIn } from "./log-records.ts";
import { type ReplaySummary, replayRecords } from "./replay-records.ts";
import { describeProgress, describeSummary, exitCodeOf } from "./replay-report.ts";

const USAGE = [
  "Usage: npm run replay -- FILE [--dry-run] [--project PROJECT_ID]",
  "FILE holds log lines, as the functions write them or as Cloud Logging exports them; - is the standard input.",
].join("\n");

const SETTLE_DEADLINE_MS = 10_000;

function ledgerOf(target: CommandTarget, isDryRun: boolean): LedgerStore {
  const ledger = firestoreLedger(databaseOf(target), DAY_SHARDS.value());
  return isDryRun ? { ...ledger, commit: async () => ({ status: "done", versions: [] }) } : ledger;
}

async function replay(
  target: CommandTarget,
  chunks: AsyncIterable<string>,
  isDryRun: boolean,
): Promise<ReplaySummary> {
  const settler = new Settler({
    store: ledgerOf(target, isDryRun),
    clock: systemClock,
    shards: DAY_SHARDS.value(),
    deadlineMs: SETTLE_DEADLINE_MS,
    randomId: randomUUID,
    // What the ledger does not take stays in the file.
    keepElsewhere: async () => {},
  });
  return replayRecords(recordsIn(chunks), {
    now: new Date(systemClock.nowMs()),
    settle: (settlement) => settler.settleAlone(settlement),
    onProgress: (summary) => console.log(describeProgress(summary)),
  });
}

async function main(): Promise<number> {
  const { positionals, values } = readArguments();
  const [file] = positionals;
  if (file === undefined || positionals.length !== 1) {
    console.error(USAGE);
    return 2;
  }
  const target = commandTarget(FIRESTORE, values.project, process.env);
  const isDryRun = values["dry-run"] === true;
  loadParameters(target.projectId);
  console.log(`Ledger of ${describeTarget(FIRESTORE, target)}`);
  try {
    const summary = await replay(target, textOf(file), isDryRun);
    console.log(describeSummary(summary, isDryRun));
    return exitCodeOf(summary);
  } catch (error) {
    console.error(`Not done: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

/** npm runs its scripts in the project's folder, and says where it was called. */
function textOf(file: string): AsyncIterable<string> {
  if (file === "-") return process.stdin.setEncoding("utf8");
  return createReadStream(resolve(process.env.INIT_CWD ?? "", file), "utf8");
}

function readArguments() {
  const options = { project: { type: "string" }, "dry-run": { type: "boolean" } } as const;
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch {
    return { positionals: [], values: {} }; // an unknown option: the usage says which there are
  }
}

process.exitCode = await main();
