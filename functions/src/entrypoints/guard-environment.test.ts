import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { assertNoEmulatorInProduction } from "./guard-environment.ts";

type Env = Record<string, string>;

const EMULATOR: Env = { FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9099" };
const DEBUG: Env = { FIREBASE_DEBUG_MODE: "true" };
const EMULATED: Env = {
  K_SERVICE: "chat",
  K_REVISION: "1",
  FUNCTIONS_EMULATOR: "true",
  ...EMULATOR,
  ...DEBUG,
};

describe("assertNoEmulatorInProduction", () => {
  it.each<[string, Env]>([
    ["production without emulators", { K_SERVICE: "chat", K_REVISION: "chat-00001" }],
    ["an empty variable", { K_SERVICE: "chat", FIREBASE_AUTH_EMULATOR_HOST: "" }],
    ["tests and functions-framework", { ...EMULATOR, FUNCTION_TARGET: "chat" }],
    ["the functions emulator", EMULATED],
  ])("lets %s start", (_what, env) => {
    expect(() => assertNoEmulatorInProduction(env)).not.toThrow();
  });

  it.each<[string, Env, string]>([
    ["K_SERVICE", { K_SERVICE: "chat", ...EMULATOR }, "FIREBASE_AUTH_EMULATOR_HOST"],
    ["K_REVISION", { K_REVISION: "1", ...EMULATOR }, "FIREBASE_AUTH_EMULATOR_HOST"],
    [
      "another emulator",
      { K_SERVICE: "chat", PUBSUB_EMULATOR_HOST: "x:1" },
      "PUBSUB_EMULATOR_HOST",
    ],
    ["debug features", { K_SERVICE: "chat", ...DEBUG }, "FIREBASE_DEBUG_MODE"],
    [
      "Cloud Run that claims to be emulated",
      { ...EMULATED, K_CONFIGURATION: "chat" },
      "FUNCTIONS_EMULATOR",
    ],
  ])("refuses %s", (_what, env, name) => {
    expect(() => assertNoEmulatorInProduction(env)).toThrow(
      `${name} must not be set in production`,
    );
  });

  it("ends the process when it is loaded in such an environment", () => {
    const file = join(__dirname, "guard-environment.ts");
    const load = (env: Env) => spawnSync(process.execPath, [file], { env }).status;
    expect(load({ K_SERVICE: "chat", ...EMULATOR })).toBe(1);
    expect(load({ K_SERVICE: "chat" })).toBe(0);
  });
});
