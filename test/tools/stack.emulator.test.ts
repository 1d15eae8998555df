import { describe, expect, it } from "@jest/globals";
import { proveRulesAreInForce } from "../../tools/stack/rules-probe.ts";

const env = (name: string) => process.env[name] ?? "";

describe("a command in the stack", () => {
  it("is told where everything is, without trailing slashes", () => {
    const port = "127\\.0\\.0\\.1:\\d+";
    expect(env("FIRESTORE_EMULATOR_HOST")).toMatch(new RegExp(`^${port}$`));
    expect(env("FIREBASE_AUTH_EMULATOR_HOST")).toMatch(new RegExp(`^${port}$`));
    expect(env("PUBSUB_EMULATOR_HOST")).toMatch(new RegExp(`^${port}$`));
    expect(env("TOLLGATE_FUNCTIONS_URL")).toMatch(
      new RegExp(`^http://${port}/demo-tollgate/us-central1$`),
    );
    expect(env("TOLLGATE_MODEL_URL")).toMatch(new RegExp(`^http://${port}$`));
    expect(env("GCLOUD_PROJECT")).toBe("demo-tollgate");
    expect(JSON.parse(env("FIREBASE_CONFIG"))).toEqual({ projectId: "demo-tollgate" });
  });

  it("finds the rules in force", async () => {
    const url = `http://${env("FIRESTORE_EMULATOR_HOST")}`;
    await expect(proveRulesAreInForce(url, env("GCLOUD_PROJECT"))).resolves.toBeUndefined();
  });

  it("finds the simulated model", async () => {
    expect((await fetch(`${env("TOLLGATE_MODEL_URL")}/sim/health`)).status).toBe(200);
  });
});
