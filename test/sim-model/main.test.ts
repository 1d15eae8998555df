import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "@jest/globals";
import { startSimModel } from "../../tools/sim-model/server.ts";

const MAIN = resolve("tools/sim-model/main.ts");

function run(...args: string[]) {
  return spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no output");
  const [line] = await once(child.stdout.setEncoding("utf8"), "data");
  return line;
}

async function endOf(child: ChildProcess) {
  const errors = child.stderr === null ? "" : text(child.stderr);
  const [code] = await once(child, "exit");
  return { code, errors: await errors };
}

describe("node tools/sim-model/main.ts", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("says where it is, and ends on %s", async (signal) => {
    const child = run("--port", "0");
    const line = await firstLine(child);
    expect(line).toMatch(/^Simulated model: http:\/\/127\.0\.0\.1:\d+\n$/);
    const url = line.trim().replace("Simulated model: ", "");
    expect((await fetch(`${url}/sim/health`)).status).toBe(200);
    child.kill(signal);
    expect((await endOf(child)).code).toBe(0);
  });

  it("says that a port is taken", async () => {
    const model = await startSimModel();
    const { code, errors } = await endOf(run("--port", new URL(model.url).port));
    await model.stop();
    expect(code).toBe(1);
    expect(errors).toContain("EADDRINUSE");
  });

  it.each([
    ["--port", "x"],
    ["--prot", "1"],
    ["--port", "70000"],
  ])("explains itself when called with %s %s", async (...args) => {
    const { code, errors } = await endOf(run(...args));
    expect(code).toBe(1);
    expect(errors).toContain("Usage: node tools/sim-model/main.ts");
  });
});
