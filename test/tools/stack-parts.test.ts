import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { countTests } from "../../tools/check/tests.ts";
import { publishBuild } from "../../tools/stack/build.ts";
import { startChild, waitForLog } from "../../tools/stack/child.ts";
import { emulatorConfig } from "../../tools/stack/firebase-config.ts";
import { formatEnvFile, resolveParameters } from "../../tools/stack/parameters.ts";
import { fixedPorts, freePorts, isFree } from "../../tools/stack/ports.ts";
import {
  endAbandonedProcesses,
  endMarkedProcesses,
  MARK,
  markedProcesses,
  newMark,
  parsePs,
} from "../../tools/stack/processes.ts";
import { proveRulesAreInForce } from "../../tools/stack/rules-probe.ts";
import { untilGone } from "../../tools/stack/watch-port.ts";
import { type MadeUpMachine, madeUpMachine } from "./made-up-machine.ts";

const HOST = "127.0.0.1";

let machine: MadeUpMachine;
beforeEach(() => {
  machine = madeUpMachine();
});
afterEach(() => machine.remove());

async function listening<S extends Server>(server: S, port = 0): Promise<number> {
  server.listen(port, HOST);
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("ports", () => {
  it("are all different and free when none are asked for", async () => {
    const ports = Object.values(await freePorts());
    expect(new Set(ports).size).toBe(ports.length);
    expect(await Promise.all(ports.map(isFree))).not.toContain(false);
  });

  it("are named with the variable that moves them when one of the fixed ones is taken", async () => {
    const server = createTcpServer();
    const port = await listening(server);
    const moved = Object.entries(await freePorts()).map(([name, value]) => [
      `TOLLGATE_${name.toUpperCase()}_PORT`,
      String(value),
    ]);
    const env = { ...Object.fromEntries(moved), TOLLGATE_FIRESTORE_PORT: String(port) };
    await expect(fixedPorts(env)).rejects.toThrow(
      `Port ${port} of the Firestore emulator is taken. End what listens there, or choose another: TOLLGATE_FIRESTORE_PORT=PORT npm start`,
    );
    server.close();
  });

  it("refuse what is no port", async () => {
    const env = { TOLLGATE_FUNCTIONS_PORT: "eighty" };
    await expect(fixedPorts(env)).rejects.toThrow("TOLLGATE_FUNCTIONS_PORT is no port: eighty");
  });
});

describe("parameters", () => {
  const file = {
    OPENAI_BASE_URL: "https://api.openai.com/v1",
    ANTHROPIC_BASE_URL: "https://api.anthropic.com",
    BUDGET_CACHE_SECONDS: "30",
    JOURNAL: "beside",
  };
  const resolve = (env: Record<string, string>) =>
    resolveParameters(file, env, "http://127.0.0.1:5400");

  it("point at the simulated model with a simulated key when nothing is set", () => {
    const { plain, secret } = resolve({});
    expect(plain).toMatchObject({
      PROVIDERS: "openai,anthropic,openrouter,azure,google",
      OPENAI_BASE_URL: "http://127.0.0.1:5400/v1",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:5400/anthropic",
      OPENROUTER_BASE_URL: "http://127.0.0.1:5400/openrouter/api/v1",
      AZURE_OPENAI_BASE_URL: "http://127.0.0.1:5400/azure/openai/v1",
      GEMINI_BASE_URL: "http://127.0.0.1:5400/google/v1beta/openai",
    });
    expect(secret).toEqual({
      OPENAI_API_KEY: "sk-simulated",
      ANTHROPIC_API_KEY: "sk-simulated",
      OPENROUTER_API_KEY: "sk-simulated",
      AZURE_OPENAI_API_KEY: "sk-simulated",
      GEMINI_API_KEY: "sk-simulated",
    });
  });

  it.each([
    ["OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1"],
    ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://api.anthropic.com"],
  ])("point at the real provider when only %s is set, and at no other", (key, url, address) => {
    const { plain, secret } = resolve({ [key]: "sk-real" });
    expect(plain[url]).toBe(address);
    expect(secret[key]).toBe("sk-real");
    expect(plain.GEMINI_BASE_URL).toBe("http://127.0.0.1:5400/google/v1beta/openai");
  });

  it("point where an address says", () => {
    const { plain } = resolve({ OPENAI_API_KEY: "sk-real", OPENAI_BASE_URL: "http://proxy/v1" });
    expect(plain.OPENAI_BASE_URL).toBe("http://proxy/v1");
  });

  it("let budgets act at once, unless the environment says otherwise", () => {
    expect(resolve({}).plain.BUDGET_CACHE_SECONDS).toBe("0");
    expect(resolve({ BUDGET_CACHE_SECONDS: "5" }).plain.BUDGET_CACHE_SECONDS).toBe("5");
  });

  it("come from functions/.env where nobody sets them, and take no strangers in", () => {
    const { plain } = resolve({ STRANGER: "1" });
    expect(plain.JOURNAL).toBe("beside");
    expect(plain).not.toHaveProperty("STRANGER");
  });

  it("survive their way through a file", () => {
    expect(formatEnvFile({ A: 'say "hi" \\ #1\n', B: "" })).toBe(
      'A="say \\"hi\\" \\\\ #1\\n"\nB=""\n',
    );
    expect(parseEnv(formatEnvFile({ URL: "http://127.0.0.1:1/v1" }))).toEqual({
      URL: "http://127.0.0.1:1/v1",
    });
  });
});

describe("the emulators' configuration", () => {
  const base = {
    functions: [{ source: "functions", runtime: "nodejs24", predeploy: ["npm run build"] }],
    firestore: { rules: "firestore.rules", indexes: "firestore.indexes.json", location: "nam5" },
  };

  it("is the deployed one with chosen ports and nothing to build", async () => {
    const ports = await freePorts();
    expect(emulatorConfig(base, ports, true)).toMatchObject({
      functions: [{ source: "functions", runtime: "nodejs24" }],
      firestore: { rules: "firestore.rules", indexes: "firestore.indexes.json" },
      emulators: {
        functions: { host: HOST, port: ports.functions },
        firestore: { host: HOST, port: ports.firestore, websocketPort: ports.firestoreWebsocket },
        ui: { enabled: false },
      },
    });
    expect(JSON.stringify(emulatorConfig(base, ports, true))).not.toContain("predeploy");
  });

  it("has no functions when a stack goes without", async () => {
    const config = emulatorConfig(base, await freePorts(), false);
    expect(config).not.toHaveProperty("functions");
    expect(config.emulators).not.toHaveProperty("functions");
  });
});

describe("a build", () => {
  it("is published file by file, and only where it differs", () => {
    const [from, to] = [join(machine.home, "from"), join(machine.home, "to")];
    mkdirSync(join(from, "core"), { recursive: true });
    mkdirSync(to);
    writeFileSync(join(from, "index.js"), "same");
    writeFileSync(join(to, "index.js"), "same");
    writeFileSync(join(from, "core", "money.js"), "new");
    writeFileSync(join(to, "gone.js"), "old");
    const before = statSync(join(to, "index.js")).ino;
    publishBuild(from, to);
    expect(readFileSync(join(to, "core", "money.js"), "utf8")).toBe("new");
    expect(statSync(join(to, "index.js")).ino).toBe(before);
    expect(statSync(join(to, "gone.js"), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe("processes", () => {
  it("are ended by their mark, also those that left their parent and those that do not listen", async () => {
    const mark = `${process.pid}-test`;
    const script = machine.install(
      "parent",
      "trap '' TERM; (sleep 60 &); sleep 60 & exec sleep 60",
    );
    const child = spawn(script, { env: { [MARK]: mark }, detached: true, stdio: "ignore" });
    while (markedProcesses(mark).length < 3)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await endMarkedProcesses(mark, 200);
    await once(child, "exit");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(markedProcesses(mark)).toEqual([]);
  });

  it("are ended by the next stack when theirs was killed outright", async () => {
    const { pid: dead } = spawnSync("true");
    const mark = `${dead}-test`;
    const child = spawn("sleep", ["60"], { env: { [MARK]: mark, PATH: "/usr/bin:/bin" } });
    const alive = spawn("sleep", ["60"], { env: { [MARK]: newMark(), PATH: "/usr/bin:/bin" } });
    while (markedProcesses(mark).length < 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    endAbandonedProcesses();
    await once(child, "exit");
    expect(alive.exitCode ?? alive.signalCode).toBeNull();
    alive.kill("SIGKILL");
  });

  it("are found in the output of ps where there is no /proc", () => {
    const lines =
      "  12 node main.js TOLLGATE_STACK=7-a HOME=/\n 13 sh\n 345 node x TOLLGATE_STACK=8-b\n";
    expect(parsePs(lines)).toEqual([
      { pid: 12, mark: "7-a" },
      { pid: 345, mark: "8-b" },
    ]);
  });

  it("are reported with the end of their log when they die before they are ready", async () => {
    const script = machine.install("server", "echo no such port; exit 9");
    const log = join(machine.home, "server.log");
    const child = startChild("The server", [script], { env: {}, cwd: machine.home, log });
    await expect(waitForLog(child, /ready/, 5_000)).rejects.toThrow(
      `The server has ended (code 9).\nThe end of ${log}:\n  no such port`,
    );
  });

  it("are reported when they cannot be started at all", async () => {
    const log = join(machine.home, "server.log");
    const child = startChild("The server", ["/nowhere/x"], { env: {}, cwd: machine.home, log });
    await expect(waitForLog(child, /ready/, 5_000)).rejects.toThrow(
      "The server could not be started",
    );
  });
});

describe("watching a port", () => {
  it("outlasts a restart and tells when its server stays away", async () => {
    const first = createTcpServer((socket) => setTimeout(() => socket.destroy(), 100));
    const port = await listening(first);
    let gone = false;
    const watching = untilGone(port, new AbortController().signal, 800).then(() => {
      gone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    first.close();
    const second = createTcpServer((socket) => setTimeout(() => socket.destroy(), 50));
    await listening(second, port);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(gone).toBe(false);
    second.close();
    await watching;
    expect(gone).toBe(true);
  });

  it("ends when it is told to", async () => {
    const server = createTcpServer();
    const stop = new AbortController();
    const watching = untilGone(await listening(server), stop.signal);
    stop.abort();
    await watching;
    server.close();
  });
});

describe("the proof that the rules are in force", () => {
  const answering = async (status: number) => {
    const server = createServer((_, response) => response.writeHead(status).end("{}"));
    const port = await listening(server);
    const proof = proveRulesAreInForce(`http://${HOST}:${port}`, "demo-tollgate");
    return proof.finally(() => server.close());
  };

  it("is a refused anonymous write", async () => {
    await expect(answering(403)).resolves.toBeUndefined();
  });

  it("fails when the write goes through, and says what that means", async () => {
    await expect(answering(200)).rejects.toThrow("firestore.rules is missing or does not compile");
  });
});

describe("counting tests", () => {
  const report = { numPassedTests: 5, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

  it.each([
    ["all is well", report, 0, { passed: 5, failed: 0 }],
    ["tests fail", { ...report, numFailedTests: 2 }, 1, { passed: 5, failed: 2 }],
    [
      "a file does not load",
      { ...report, numRuntimeErrorTestSuites: 1 },
      1,
      { passed: 5, failed: 1 },
    ],
    ["only coverage is missed", report, 1, { passed: 5, failed: 1 }],
    ["jest never ran", undefined, 1, { passed: 0, failed: 1 }],
  ])("when %s", (_, given, code, counts) => {
    expect(countTests(given, code)).toEqual(counts);
  });
});
