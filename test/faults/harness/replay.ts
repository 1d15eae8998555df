import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../e2e/harness/stack.ts";
import type { Scene } from "./scene.ts";

const COMMAND = join(ROOT, "functions/src/entrypoints/commands/replay.ts");

export interface Replayed {
  /** Lines in the log that hold a settlement. */
  readonly lines: number;
  /** What the command said. */
  readonly output: string;
}

/** `npm run replay -- FILE` on a log: what the functions of the scene have written, every line of it. */
export async function replay(scene: Scene, log: string): Promise<Replayed> {
  const folder = mkdtempSync(join(tmpdir(), "tollgate-faults-"));
  const file = join(folder, "log");
  writeFileSync(file, log);
  try {
    const output = await run([COMMAND, file], scene.env);
    const lines = log.split("\n").filter((line) => line.includes('"unsettled')).length;
    return { lines, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(args: readonly string[], env: Scene["env"]): Promise<string> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const out of [child.stdout, child.stderr]) {
    out.setEncoding("utf8").on("data", (more: string) => {
      output += more;
    });
  }
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`replay ended with ${code}: ${output}`);
  return output;
}
