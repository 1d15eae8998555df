import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { firestoreAttempts, resolveFirestore } from "../../tools/setup/firestore.mjs";
import {
  exists,
  java,
  type MadeUpMachine,
  madeUpMachine,
  NPM_WITHOUT_PACKAGE,
} from "./made-up-machine.ts";

const NOTHING = { npmHasNone: false };

describe("the ways to a Firestore emulator", () => {
  it("takes hidane from the PATH before our own cache", () => {
    const facts = { ...NOTHING, hidaneOnPath: "/bin/hidane", hidaneInCache: "/cache/hidane" };
    expect(firestoreAttempts(facts)).toEqual([{ use: { kind: "hidane", path: "/bin/hidane" } }]);
  });

  it("takes our own cache before anything that has to be brought", () => {
    const facts = {
      ...NOTHING,
      hidaneInCache: "/cache/hidane",
      cargo: "/bin/cargo",
      javaMajor: 21,
    };
    expect(firestoreAttempts(facts)).toEqual([{ use: { kind: "hidane", path: "/cache/hidane" } }]);
  });

  it("asks npm, then builds with cargo, then falls back to Java", () => {
    const facts = { ...NOTHING, cargo: "/bin/cargo", javaMajor: 21, jar: "/jars/firestore.jar" };
    expect(firestoreAttempts(facts)).toEqual([
      { make: "npm" },
      { make: "cargo" },
      { use: { kind: "jar", path: "/jars/firestore.jar" } },
    ]);
  });

  it("lets firebase-tools download the jar when there is Java and no jar", () => {
    expect(firestoreAttempts({ ...NOTHING, javaMajor: 25 }).at(-1)).toEqual({ make: "download" });
  });

  it.each([
    [undefined, "Java: not on the PATH"],
    [17, "Java: 17 is on the PATH, 21 or newer is needed"],
  ])("does not use the jar with Java %s", (javaMajor, lack) => {
    const attempts = firestoreAttempts({ ...NOTHING, javaMajor, jar: "/jars/firestore.jar" });
    expect(attempts.at(-1)).toEqual({ lack });
  });

  it("does not ask npm again once its registry had none", () => {
    const [first] = firestoreAttempts({ npmHasNone: true, cargo: "/bin/cargo" });
    expect(first).toEqual({ lack: "npm: the registry has no package hidane" });
  });
});

describe("resolving the Firestore emulator on a made-up machine", () => {
  let machine: MadeUpMachine;
  beforeEach(() => {
    machine = madeUpMachine();
  });
  afterEach(() => machine.remove());
  const resolve = () => resolveFirestore(machine.env, machine.out);

  it("uses hidane from the PATH without a word", async () => {
    const path = machine.install("hidane", "exit 0");
    expect(await resolve()).toEqual({ kind: "hidane", path });
    expect(machine.out.text).toBe("");
  });

  it("ignores a hidane on the PATH that is not executable", async () => {
    writeFileSync(join(machine.env.PATH, "hidane"), "");
    const path = machine.cached("hidane-0.6.0/bin/hidane");
    expect(await resolve()).toEqual({ kind: "hidane", path });
  });

  it("installs the npm package when the registry has it and it runs", async () => {
    machine.install(
      "npm",
      `mkdir -p node_modules/.bin
printf '#!/bin/sh\\necho hidane 0.6.0\\n' > node_modules/.bin/hidane
chmod +x node_modules/.bin/hidane`,
    );
    const path = join(machine.cache, "hidane-npm-0.6.0/node_modules/.bin/hidane");
    expect(await resolve()).toEqual({ kind: "hidane", path });
    expect(machine.out.text).toMatch(/from npm\) \.\.\. 0 s\n$/);
    machine.install("npm", "exit 1");
    expect(await resolve()).toEqual({ kind: "hidane", path });
  });

  it("goes on quietly to cargo when npm has none, and does not ask npm again", async () => {
    machine.install("npm", NPM_WITHOUT_PACKAGE);
    machine.install(
      "cargo",
      'while [ "$1" != --root ]; do shift; done; mkdir -p "$2/bin"; echo built > "$2/bin/hidane"',
    );
    const path = join(machine.cache, "hidane-0.6.0/bin/hidane");
    expect(await resolve()).toEqual({ kind: "hidane", path });
    expect(exists(machine, "hidane-npm-0.6.0.none")).toBe(true);
    expect(machine.out.text).not.toContain("E404");
  });

  it("leaves nothing that counts as there when cargo is interrupted", async () => {
    machine.install("npm", NPM_WITHOUT_PACKAGE);
    machine.install("cargo", 'while [ "$1" != --root ]; do shift; done; mkdir -p "$2/bin"; exit 1');
    await expect(resolve()).rejects.toThrow("cargo: could not build hidane");
    expect(exists(machine, "hidane-0.6.0")).toBe(false);
  });

  it("uses Java 21 with the jar that firebase-tools has downloaded", async () => {
    machine.install("npm", NPM_WITHOUT_PACKAGE);
    machine.install("java", java("21.0.4"));
    const jars = join(machine.home, ".cache", "firebase", "emulators");
    mkdirSync(jars, { recursive: true });
    const jar = join(jars, "cloud-firestore-emulator-v1.22.0.jar");
    writeFileSync(jar, "");
    expect(await resolve()).toEqual({ kind: "jar", path: jar });
  });

  it("uses Java 21 with the jar that a variable names", async () => {
    machine.install("npm", NPM_WITHOUT_PACKAGE);
    machine.install("java", java("25"));
    const env = { ...machine.env, FIRESTORE_EMULATOR_BINARY_PATH: "/jars/mine.jar" };
    expect(await resolveFirestore(env, machine.out)).toEqual({
      kind: "jar",
      path: "/jars/mine.jar",
    });
  });

  it("names the thing, why it is needed, the ways to it and what was tried", async () => {
    machine.install("npm", NPM_WITHOUT_PACKAGE);
    machine.install("java", java("17.0.15"));
    const error = await resolve().catch((reason: Error) => reason.message);
    expect(error).toMatch(/^The Firestore emulator cannot be had\. It stands in for the database/);
    expect(error).toContain("hidane on the PATH");
    expect(error).toContain("cargo install hidane --version 0.6.0 --locked");
    expect(error).toContain("FIRESTORE_EMULATOR_BINARY_PATH");
    expect(error).toContain("  - npm: no package hidane that runs here");
    expect(error).toContain("  - cargo: not on the PATH");
    expect(error).toContain("  - Java: 17 is on the PATH, 21 or newer is needed");
  });
});
