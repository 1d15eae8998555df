import { describe, expect, it } from "@jest/globals";
import { adviceFor, describeTarget, grantTarget } from "./grant-target.ts";

describe("grantTarget", () => {
  it("is the running npm start when nothing is named", () => {
    const expected = { projectId: "demo-tollgate", emulatorHost: "127.0.0.1:9099" };
    expect(grantTarget(undefined, {})).toEqual(expected);
    expect(grantTarget(undefined, { TOLLGATE_AUTH_PORT: "9199" })).toEqual({
      ...expected,
      emulatorHost: "127.0.0.1:9199",
    });
  });

  it.each([
    ["the option", "shop", {}],
    ["GCLOUD_PROJECT", undefined, { GCLOUD_PROJECT: "shop" }],
    ["GOOGLE_CLOUD_PROJECT", undefined, { GOOGLE_CLOUD_PROJECT: "shop" }],
    ["the option before the environment", "shop", { GCLOUD_PROJECT: "other" }],
  ])("is the real project that %s names", (_, project, env) => {
    expect(grantTarget(project, env)).toEqual({ projectId: "shop", emulatorHost: undefined });
  });

  it("is the auth emulator that the environment names, whatever the project", () => {
    const env = { FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:20500", GCLOUD_PROJECT: "demo-x" };
    expect(grantTarget(undefined, env)).toEqual({
      projectId: "demo-x",
      emulatorHost: "127.0.0.1:20500",
    });
  });
});

describe("what the command says", () => {
  const real = grantTarget("shop", {});
  const emulated = grantTarget(undefined, {});

  it("names whom it talks to", () => {
    expect(describeTarget(real)).toBe("project shop at Google");
    expect(describeTarget(emulated)).toBe(
      "project demo-tollgate in the auth emulator at 127.0.0.1:9099",
    );
  });

  it("tells how to come to what is missing: a user, an emulator, credentials", () => {
    expect(adviceFor("auth/user-not-found", real)).toContain("first sign-in");
    expect(adviceFor("auth/network-request-failed", emulated)).toContain("Is npm start running?");
    expect(adviceFor("app/invalid-credential", real)).toContain("gcloud auth");
  });
});
