import { describe, expect, it } from "@jest/globals";
import { TollgateError } from "../core/errors.ts";
import { callerOf, ownOrAdmin, requireAdmin, requireService, subjectFor } from "./caller.ts";

const user = callerOf({ uid: "alice", token: {} });
const admin = callerOf({ uid: "root", token: { admin: true } });
const service = callerOf({ uid: "worker", token: { service: true } });

function reasonOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof TollgateError ? error.reason : String(error);
  }
}

describe("callerOf", () => {
  it("takes identity from the token", () => {
    const token = { admin: true, service: true, orgId: "acme", department: "sales" };
    expect(callerOf({ uid: "alice", token })).toEqual({
      uid: "alice",
      subject: "user:alice",
      isAdmin: true,
      isService: true,
      orgId: "acme",
      department: "sales",
    });
  });

  it.each<[string, Parameters<typeof callerOf>[0]]>([
    ["no auth", undefined],
    ["a null auth", null],
    ["the emulator's answer to garbage", { uid: null, token: {} }],
    ["a missing uid", { token: { admin: true } }],
    ["an empty uid", { uid: "", token: {} }],
    ["a uid that is a number", { uid: 7, token: {} }],
    ["a uid longer than the sign-in service makes", { uid: "x".repeat(129), token: {} }],
  ])("takes %s for unauthenticated", (_what, auth) => {
    expect(reasonOf(() => callerOf(auth))).toBe("UNAUTHENTICATED");
  });

  it.each<[string, unknown]>([
    ["strings", { admin: "true", service: "1" }],
    ["numbers", { admin: 1, service: 1, orgId: 5, department: 5 }],
    ["objects", { admin: {}, service: [], orgId: {}, department: ["sales"] }],
    ["null", { admin: null, orgId: null, department: null }],
    ["empty and impossible names", { orgId: "", department: "x".repeat(129) }],
    ["control characters", { orgId: "a\u0000", department: "\n" }],
    ["a token that is no object", "admin"],
    ["no token", undefined],
  ])("ignores claims that are %s", (_what, token) => {
    const plain = { isAdmin: false, isService: false, orgId: null, department: null };
    expect(callerOf({ uid: "alice", token })).toMatchObject(plain);
  });
});

describe("what a caller may do", () => {
  it.each([
    ["user", user, "NOT_ADMIN", "NOT_SERVICE"],
    ["service", service, "NOT_ADMIN", undefined],
    ["admin", admin, undefined, undefined],
  ])("is decided by the claims of a %s", (_who, caller, asAdmin, asService) => {
    expect(reasonOf(() => requireAdmin(caller))).toBe(asAdmin);
    expect(reasonOf(() => requireService(caller))).toBe(asService);
  });

  it("lets users read their own data only", () => {
    expect(ownOrAdmin(user)).toBe("alice");
    expect(ownOrAdmin(user, "alice")).toBe("alice");
    expect(reasonOf(() => ownOrAdmin(user, "bob"))).toBe("NOT_OWNER");
    expect(reasonOf(() => ownOrAdmin(service, "alice"))).toBe("NOT_OWNER");
  });

  it("lets admins read anybody's, and everybody's when they name nobody", () => {
    expect(ownOrAdmin(admin, "bob")).toBe("bob");
    expect(ownOrAdmin(admin)).toBeUndefined();
  });

  it("knows one's own id in either normal form", () => {
    const decomposed = callerOf({ uid: "rene\u0301", token: {} });
    expect(ownOrAdmin(decomposed, "ren\u00E9")).toBe("rene\u0301");
  });
});

describe("subjectFor", () => {
  it("names the service and the user it acts for", () => {
    expect(subjectFor(service, "alice")).toBe("service:worker/for:alice");
  });

  it("keeps apart what plain joining would confuse", () => {
    const crafted = callerOf({ uid: "a/for:b", token: {} });
    const plain = callerOf({ uid: "a", token: {} });
    expect(subjectFor(crafted, "c")).not.toBe(subjectFor(plain, "b/for:c"));
  });
});
