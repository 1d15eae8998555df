import type { Auth } from "firebase-admin/auth";

/** Loaded at the first use: most instances never need it. */
export async function signInService(): Promise<Auth> {
  const [{ getApp, getApps, initializeApp }, { getAuth }] = await Promise.all([
    import("firebase-admin/app"),
    import("firebase-admin/auth"),
  ]);
  return getAuth(getApps().length > 0 ? getApp() : initializeApp());
}
