import { join } from "node:path";
import { ROOT } from "../setup/paths.mjs";
import { type Child, lastLines, startChild, waitForLog } from "./child.ts";
import { StackError } from "./errors.ts";
import { HOST } from "./ports.ts";
import type { RunFolder } from "./run-folder.ts";

const READY_TIMEOUT_MS = 20_000;

export function startModel(port: number, folder: RunFolder, env: NodeJS.ProcessEnv): Child {
  const main = join(ROOT, "tools", "sim-model", "main.ts");
  return startChild("The simulated model", ["node", main, "--port", String(port), "--host", HOST], {
    cwd: ROOT,
    log: join(folder.logs, "model.log"),
    env,
  });
}

export async function modelReady(child: Child, url: string): Promise<void> {
  await waitForLog(child, /https?:\/\//, READY_TIMEOUT_MS);
  const response = await fetch(`${url}/sim/health`);
  if (response.status === 200) return;
  throw new StackError(`The simulated model answers ${response.status}.${lastLines(child)}`);
}
