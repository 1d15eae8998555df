import "./testing/captured-log.ts";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { HttpsError } from "firebase-functions/https";
import { type ErrorReason, invalidField, TollgateError } from "../core/errors.ts";
import { toHttpsError } from "./https-errors.ts";
import { capturedLog } from "./testing/captured-log.ts";

/** As the public table has it (design: doors). */
const TABLE: readonly [ErrorReason, string, number][] = [
  ["INVALID_FIELD", "invalid-argument", 400],
  ["UNAUTHENTICATED", "unauthenticated", 401],
  ["NOT_ADMIN", "permission-denied", 403],
  ["NOT_SERVICE", "permission-denied", 403],
  ["NOT_OWNER", "permission-denied", 403],
  ["NOT_FOUND", "not-found", 404],
  ["UNKNOWN_MODEL", "not-found", 404],
  ["UNPRICED_MODEL", "failed-precondition", 400],
  ["BUDGET_EXCEEDED", "resource-exhausted", 429],
  ["PROVIDER_RATE_LIMITED", "resource-exhausted", 429],
  ["DUPLICATE_REQUEST", "already-exists", 409],
  ["PROVIDER_REJECTED", "failed-precondition", 400],
  ["PROVIDER_TIMEOUT", "deadline-exceeded", 504],
  ["PROVIDER_UNAVAILABLE", "unavailable", 503],
  ["STORE_UNAVAILABLE", "unavailable", 503],
];

beforeEach(() => {
  capturedLog.length = 0;
});

describe("toHttpsError", () => {
  it.each(TABLE)("maps %s to %s, HTTP %i", (reason, code, status) => {
    const error = toHttpsError(new TollgateError(reason, "Because.", { retryAfterSeconds: 3 }));
    expect(error.code).toBe(code);
    expect(error.httpErrorCode.status).toBe(status);
    expect(error.message).toBe("Because.");
    expect(error.details).toEqual({ reason, retryAfterSeconds: 3 });
  });

  it("names the field of bad input", () => {
    const { details, message } = toHttpsError(invalidField("messages[0].role", "is required"));
    expect(details).toEqual({ reason: "INVALID_FIELD", field: "messages[0].role" });
    expect(message).toBe("messages[0].role: is required");
  });

  it("lets no fact stand in for the reason", () => {
    const error = new TollgateError("NOT_FOUND", "Gone.", { reason: "BUDGET_EXCEEDED" });
    expect(toHttpsError(error).details).toEqual({ reason: "NOT_FOUND" });
  });

  it("passes an HttpsError on", () => {
    const error = new HttpsError("aborted", "Again.");
    expect(toHttpsError(error)).toBe(error);
  });

  it.each<[string, unknown]>([
    ["an Error", new Error("canary prompt\n    at canary (canary:1:1)")],
    ["an Error with a cause", new TypeError("canary", { cause: new Error("canary") })],
    ["what JSON.parse says", thrownBy(() => JSON.parse('canary "secret"'))],
    ["a string", "canary"],
    ["an object", { message: "canary", details: "canary" }],
    [
      "an Error with content as its code",
      Object.assign(new Error("x"), { code: "the canary sang" }),
    ],
    ["undefined", undefined],
  ])("answers internal to %s, and neither caller nor log learns its message", (_what, thrown) => {
    const error = toHttpsError(thrown);
    const log = capturedLog.join("");
    expect([error.code, error.details]).toEqual(["internal", undefined]);
    expect(`${error.message}${log}`).not.toContain("canary");
    expect(JSON.parse(log)).toMatchObject({ severity: "ERROR", message: "Unexpected error" });
  });

  it("logs where an unexpected error came from", () => {
    const cause = Object.assign(new RangeError("inner"), { code: "ECONNRESET" });
    toHttpsError(new TypeError("outer", { cause }));
    const { error } = JSON.parse(capturedLog.join(""));
    expect(error).toMatchObject({ name: "TypeError", causes: ["RangeError (ECONNRESET)"] });
    expect(error.frames[0]).toContain("https-errors.test.ts");
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
