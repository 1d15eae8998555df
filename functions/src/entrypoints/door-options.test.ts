import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { callLimitMs, EMBED_DOOR, MODEL_DOOR } from "./door-options.ts";
import { callDeps, embedDeps } from "./wiring.ts";

const PARAMETERS = {
  ...parseEnv(readFileSync(join(import.meta.dirname, "../../.env"), "utf8")),
  GCLOUD_PROJECT: "demo-doors",
  FIRESTORE_EMULATOR_HOST: "127.0.0.1:1",
};

describe("callLimitMs", () => {
  it.each([
    [MODEL_DOOR, 540, 540_000],
    [MODEL_DOOR, 900, 580_000],
    [EMBED_DOOR, 540, 100_000],
    [EMBED_DOOR, 100, 100_000],
    [EMBED_DOOR, 99, 99_000],
  ])("of %j with %i s is %i ms", (door, seconds, limitMs) => {
    expect(callLimitMs(door, seconds)).toBe(limitMs);
    expect(limitMs).toBeLessThan((door.timeoutSeconds - 10) * 1_000);
  });
});

describe("the calls of a door", () => {
  it("have its limit, and their holds with them", () => {
    Object.assign(process.env, PARAMETERS);
    expect(callDeps().settings.requestTimeoutMs).toBe(540_000);
    expect(embedDeps().settings.requestTimeoutMs).toBe(100_000);
    expect(embedDeps().providers).not.toBe(callDeps().providers);
    expect(embedDeps().admitter).toBe(callDeps().admitter);
    expect(embedDeps().journal).toBe(callDeps().journal);
  });
});
