import { describe, expect, it } from "@jest/globals";
import { TollgateError } from "../core/errors.ts";
import { refuseRevoked } from "./revocation.ts";
import { tokenOf, verifyIdToken } from "./testing/fake-sign-in.ts";

async function reasonOf(rawToken: string | undefined): Promise<string | undefined> {
  const error: unknown = await refuseRevoked(rawToken).catch((thrown: unknown) => thrown);
  return error instanceof TollgateError ? error.reason : undefined;
}

describe("refuseRevoked", () => {
  it("asks whether the token was revoked", async () => {
    expect(await reasonOf(tokenOf({ sub: "root" }))).toBeUndefined();
    expect(verifyIdToken).toHaveBeenLastCalledWith(tokenOf({ sub: "root" }), true);
    expect(await reasonOf(tokenOf({ sub: "root", revoked: true }))).toBe("UNAUTHENTICATED");
  });

  it.each([
    "auth/id-token-revoked",
    "auth/user-disabled",
    "auth/user-not-found",
    "auth/argument-error",
  ])("takes %s for unauthenticated", async (code) => {
    verifyIdToken.mockRejectedValueOnce(Object.assign(new Error("no"), { code }));
    expect(await reasonOf(undefined)).toBe("UNAUTHENTICATED");
  });

  it.each(["auth/internal-error", "app/network-error", "ECONNREFUSED"])(
    "lets nobody in when %s leaves it open",
    async (code) => {
      verifyIdToken.mockRejectedValueOnce(Object.assign(new Error("down"), { code }));
      expect(await reasonOf("token")).toBe("STORE_UNAVAILABLE");
    },
  );
});
