import { describe, expect, it, jest } from "@jest/globals";
import { runDoors } from "./harness/framework.ts";
import { SLOW_MS } from "./harness/stack.ts";

jest.setTimeout(SLOW_MS);

/** As Cloud Run sets it. */
const IN_PRODUCTION = { K_SERVICE: "chat", K_REVISION: "chat-00001", K_CONFIGURATION: "chat" };

const NO_EMULATORS = {
  FIREBASE_AUTH_EMULATOR_HOST: undefined,
  FIRESTORE_EMULATOR_HOST: undefined,
  PUBSUB_EMULATOR_HOST: undefined,
};

describe("a process in production", () => {
  it("refuses to serve when it points at an emulator, for then forged tokens would pass", async () => {
    const env = { ...IN_PRODUCTION, ...NO_EMULATORS, FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:1" };
    const { code, output } = await runDoors(env);
    expect(code).toBeGreaterThan(0);
    expect(output).toContain("FIREBASE_AUTH_EMULATOR_HOST must not be set in production");
    expect(output).not.toContain("Serving function");
  });

  it("serves when it points at none", async () => {
    const { output } = await runDoors({ ...IN_PRODUCTION, ...NO_EMULATORS });
    expect(output).toContain("Serving function");
  });
});
