import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { pubsubAttempts, resolvePubsub } from "../../tools/setup/pubsub.mjs";
import { java, type MadeUpMachine, madeUpMachine } from "./made-up-machine.ts";

describe("the ways to a Pub/Sub emulator", () => {
  it("takes our build before building it", () => {
    const facts = { inCache: "/cache/pstest", go: "/bin/go" };
    expect(pubsubAttempts(facts)).toEqual([{ use: { kind: "pstest", path: "/cache/pstest" } }]);
  });

  it("builds with Go before it falls back to Java", () => {
    const facts = { go: "/bin/go", javaMajor: 21, official: "/official" };
    expect(pubsubAttempts(facts)).toEqual([
      { make: "go" },
      { use: { kind: "official", path: "/official" } },
    ]);
  });

  it("lets firebase-tools download the official one when there is only Java", () => {
    expect(pubsubAttempts({ javaMajor: 21 })).toEqual([
      { lack: "Go: not on the PATH" },
      { make: "download" },
    ]);
  });

  it("tells what is lacking when there is neither Go nor a new enough Java", () => {
    expect(pubsubAttempts({ javaMajor: 11 })).toEqual([
      { lack: "Go: not on the PATH" },
      { lack: "Java: 11 is on the PATH, 21 or newer is needed" },
    ]);
  });
});

describe("resolving the Pub/Sub emulator on a made-up machine", () => {
  let machine: MadeUpMachine;
  beforeEach(() => {
    machine = madeUpMachine();
  });
  afterEach(() => machine.remove());
  const resolve = () => resolvePubsub(machine.env, machine.out);

  it("builds pstest once, under a name that firebase-tools does not kill", async () => {
    machine.install("go", 'touch "$3"');
    const built = await resolve();
    expect(built.kind).toBe("pstest");
    expect(built.path.startsWith(join(machine.cache, "pstest-"))).toBe(true);
    expect(built.path).not.toContain("pubsub-emulator");
    machine.install("go", "exit 1");
    expect(await resolve()).toEqual(built);
  });

  it("falls back to the official emulator when Go cannot build", async () => {
    machine.install("go", "echo no network; exit 1");
    machine.install("java", java("21.0.1"));
    const env = { ...machine.env, PUBSUB_EMULATOR_BINARY_PATH: "/official/start" };
    const found = await resolvePubsub(env, machine.out);
    expect(found).toEqual({ kind: "official", path: "/official/start" });
  });

  it("names the thing, why it is needed, the ways to it and what was tried", async () => {
    machine.install("go", "echo no network; exit 1");
    const error = await resolve().catch((reason: Error) => reason.message);
    expect(error).toMatch(/^The Pub\/Sub emulator cannot be had\. Budget alerts and overflow/);
    expect(error).toContain("Go (https://go.dev/dl)");
    expect(error).toContain("PUBSUB_EMULATOR_BINARY_PATH");
    expect(error).toContain("  - Go: could not build pstest:\nno network");
    expect(error).toContain("  - Java: not on the PATH");
  });
});
