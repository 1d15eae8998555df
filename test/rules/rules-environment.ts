import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { initializeTestEnvironment, type RulesTestEnvironment } from "@firebase/rules-unit-testing";
import {
  type DocumentData,
  doc,
  type Firestore,
  setLogLevel,
  writeBatch,
} from "firebase/firestore";
import { modular } from "./people.ts";

/** Path of a document -> its fields. */
export type Seed = Record<string, DocumentData>;

export function readRules(): Promise<string> {
  return readFile(join(import.meta.dirname, "../../firestore.rules"), "utf8");
}

/** Loads the deployed rules for one project of its own, found by FIRESTORE_EMULATOR_HOST. */
export async function startRules(projectId: string, seed: Seed): Promise<RulesTestEnvironment> {
  setLogLevel("error"); // the SDK warns of every refusal, and refusals are what is wanted here
  const environment = await initializeTestEnvironment({
    projectId,
    firestore: { rules: await readRules() },
  });
  await environment.clearFirestore();
  await asBackend(environment, (db) => write(db, seed));
  return environment;
}

/** Acts as the functions do: past the rules. */
export async function asBackend<T>(
  environment: RulesTestEnvironment,
  act: (db: Firestore) => Promise<T>,
): Promise<T> {
  let result: Promise<T> | undefined;
  await environment.withSecurityRulesDisabled(async (context) => {
    result = act(modular(context));
    await result;
  });
  if (result === undefined) throw new Error("the environment never called back");
  return result;
}

function write(db: Firestore, seed: Seed): Promise<void> {
  const batch = writeBatch(db);
  for (const [path, fields] of Object.entries(seed)) batch.set(doc(db, path), fields);
  return batch.commit();
}
