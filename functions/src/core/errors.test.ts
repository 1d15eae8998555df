import { describe, expect, it } from "@jest/globals";
import { invalidField, TollgateError } from "./errors.ts";

describe("TollgateError", () => {
  it("carries a reason for programs, a sentence for people, facts and the cause", () => {
    const cause = new Error("socket closed");
    const error = new TollgateError(
      "STORE_UNAVAILABLE",
      "The ledger does not answer.",
      { tries: 8 },
      { cause },
    );
    expect(error).toBeInstanceOf(Error);
    expect({ ...error, message: error.message, cause: error.cause }).toEqual({
      name: "TollgateError",
      reason: "STORE_UNAVAILABLE",
      message: "The ledger does not answer.",
      facts: { tries: 8 },
      cause,
    });
  });

  it("has no facts unless it is given some", () => {
    expect(new TollgateError("NOT_FOUND", "No such session.").facts).toEqual({});
  });
});

describe("invalidField", () => {
  it("names the field and what is wrong with it", () => {
    const error = invalidField("messages.0.role", "is not a role");
    expect(error.reason).toBe("INVALID_FIELD");
    expect(error.message).toBe("messages.0.role: is not a role");
    expect(error.facts).toEqual({ field: "messages.0.role" });
  });
});
