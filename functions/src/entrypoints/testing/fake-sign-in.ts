import { jest } from "@jest/globals";

interface Claims {
  readonly sub?: string;
  readonly revoked?: boolean;
  readonly [claim: string]: unknown;
}

/**
 * Stands for the sign-in service in both the SDK's and our own questions; load it before firebase-functions. The
 * second part of a token says who it is for, and with `revoked` that it was revoked since.
 */
export const verifyIdToken = jest.fn(async (token: string, checkRevoked?: boolean) => {
  const claims: Claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  const code = "auth/id-token-revoked";
  if (checkRevoked && claims.revoked) throw Object.assign(new Error("revoked"), { code });
  return { ...claims, uid: claims.sub };
});

export function tokenOf(claims: Claims): string {
  return `header.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;
}

jest.mock("firebase-admin/auth", () => ({ getAuth: () => ({ verifyIdToken }) }));
jest.mock("firebase-admin/app", () => ({
  getApp: () => ({}),
  getApps: () => [{ name: "[DEFAULT]" }],
}));
