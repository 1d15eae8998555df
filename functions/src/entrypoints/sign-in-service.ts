import type { Auth } from "firebase-admin/auth";

const DEFAULT_APP = "[DEFAULT]";

/** Loaded at the first use: most instances never need it. */
export async function signInService(): Promise<Auth> {
  const [{ getApps, initializeApp }, { getAuth }] = await Promise.all([
    import("firebase-admin/app"),
    import("firebase-admin/auth"),
  ]);
  // Not any app will do: the SDK verifies tokens with one of its own name, and getApp() does not find that.
  return getAuth(getApps().find(({ name }) => name === DEFAULT_APP) ?? initializeApp());
}
