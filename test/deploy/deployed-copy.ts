import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../tools/setup/paths.mjs";

/** What a deploy reads; node_modules stay where they are. */
const PROJECT = [
  "firebase.json",
  "firestore.rules",
  "firestore.indexes.json",
  "tsconfig.base.json",
  "functions/.env",
  "functions/package.json",
  "functions/package-lock.json",
  "functions/src",
  "functions/tsconfig.json",
  "functions/tsconfig.build.json",
];

/** Files that people have lying about and that must not leave their machine. */
export const PRIVATE_FILES = [
  ".env.local",
  ".secret.local",
  "serviceAccount.json",
  "service-account-prod.json",
];

export interface ProjectCopy {
  readonly path: string;
  remove(): void;
}

/** A copy of the project, so that a build and a deploy disturb nobody. */
export function copyProject(): ProjectCopy {
  const path = mkdtempSync(join(tmpdir(), "tollgate-deploy-"));
  for (const each of PROJECT) cpSync(join(ROOT, each), join(path, each), { recursive: true });
  symlinkSync(join(ROOT, "functions", "node_modules"), join(path, "functions", "node_modules"));
  for (const name of PRIVATE_FILES) writeFileSync(join(path, "functions", name), "");
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
