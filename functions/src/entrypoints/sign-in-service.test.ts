import { afterEach, describe, expect, it } from "@jest/globals";
import { deleteApp, getApps, initializeApp } from "firebase-admin/app";
import { signInService } from "./sign-in-service.ts";

const names = () => getApps().map(({ name }) => name);

describe("signInService", () => {
  afterEach(async () => {
    await Promise.all(getApps().map(deleteApp));
  });

  it("makes the default app beside the one that the SDK verifies tokens with", async () => {
    initializeApp({ projectId: "demo" }, "__FIREBASE_FUNCTIONS_SDK__");
    const auth = await signInService();
    expect(auth.app.name).toBe("[DEFAULT]");
    expect(names()).toEqual(["__FIREBASE_FUNCTIONS_SDK__", "[DEFAULT]"]);
  });

  it("makes one app for all who ask", async () => {
    const [first, second] = await Promise.all([signInService(), signInService()]);
    expect(first.app).toBe(second.app);
    expect(names()).toEqual(["[DEFAULT]"]);
  });
});
