import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { DAY_SHARDS } from "../../config.ts";
import { firestoreCompare } from "../../firestore/compare-store.ts";
import { type RebuildTarget, type Rebuilt, rebuild } from "../../ledger/rebuild.ts";
import { systemClock } from "../system-clock.ts";
import { type CommandTarget, commandTarget, describeTarget } from "./command-target.ts";
import { databaseOf, FIRESTORE, loadParameters } from "./ledger-database.ts";
import { REBUILD_USAGE, rebuildTarget } from "./rebuild-arguments.ts";
import { differenceTable, rebuildSummary } from "./rebuild-report.ts";

const REPAIR_DEADLINE_MS = 20_000;

/** Prints what differs; gives back the exit code: 1 when something failed, or differs and was left so. */
async function run(
  target: CommandTarget,
  what: RebuildTarget,
  isApplied: boolean,
): Promise<number> {
  let failures = 0;
  const deps = {
    store: firestoreCompare(databaseOf(target), DAY_SHARDS.value()),
    clock: systemClock,
    deadlineMs: REPAIR_DEADLINE_MS,
    by: "command" as const,
    randomId: randomUUID,
    reportRepair: async () => {}, // the table says it
    reportFailure: (aggregate: string, cause: unknown) => {
      failures += 1;
      console.error(`${aggregate} could not be compared: ${String(cause)}`);
    },
  };
  const now = new Date(systemClock.nowMs());
  const found: Rebuilt[] = [];
  for await (const each of rebuild(deps, what, { now, shards: DAY_SHARDS.value(), isApplied })) {
    found.push(each);
  }
  const differing = found.filter(({ leaves }) => leaves.length > 0);
  if (differing.length > 0) console.log(differenceTable(differing));
  console.log(rebuildSummary(found, failures));
  return failures > 0 || differing.some(({ isRepaired }) => !isRepaired) ? 1 : 0;
}

async function main(): Promise<number> {
  const { positionals, values } = readArguments();
  const what = rebuildTarget(positionals, systemClock.nowMs());
  if (!what) {
    console.error(REBUILD_USAGE);
    return 2;
  }
  const target = commandTarget(FIRESTORE, values.project, process.env);
  loadParameters(target.projectId);
  console.log(`Ledger of ${describeTarget(FIRESTORE, target)}`);
  try {
    return await run(target, what, values.apply === true);
  } catch (error) {
    console.error(`Not done: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function readArguments() {
  const options = { project: { type: "string" }, apply: { type: "boolean" } } as const;
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch {
    return { positionals: [], values: {} }; // an unknown option: the usage says which there are
  }
}

process.exitCode = await main();
