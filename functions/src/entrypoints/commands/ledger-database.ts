import { existsSync } from "node:fs";
import { join } from "node:path";
import { Firestore } from "@google-cloud/firestore";
import { DATABASE_ID } from "../../config.ts";
import type { CommandTarget, Emulator } from "./command-target.ts";

export const FIRESTORE: Emulator = {
  name: "Firestore",
  hostVariable: "FIRESTORE_EMULATOR_HOST",
  portVariable: "TOLLGATE_FIRESTORE_PORT",
  port: "8080",
};

/** The parameters of that project's functions: the environment's, its own, those of all. */
export function loadParameters(projectId: string): void {
  const folder = join(import.meta.dirname, "../../..");
  for (const name of [`.env.${projectId}`, ".env"]) {
    if (existsSync(join(folder, name))) process.loadEnvFile(join(folder, name));
  }
}

export function databaseOf({ projectId, emulatorHost }: CommandTarget): Firestore {
  if (emulatorHost !== undefined) process.env[FIRESTORE.hostVariable] = emulatorHost;
  return new Firestore({ projectId, databaseId: DATABASE_ID.value() });
}
