/** Every reason that a caller can meet; entrypoints map each to one code (design, section 6). */
export type ErrorReason =
  | "INVALID_FIELD"
  | "UNAUTHENTICATED"
  | "NOT_ADMIN"
  | "NOT_SERVICE"
  | "NOT_OWNER"
  | "NOT_FOUND"
  | "UNKNOWN_MODEL"
  | "UNPRICED_MODEL"
  | "BUDGET_EXCEEDED"
  | "PROVIDER_RATE_LIMITED"
  | "DUPLICATE_REQUEST"
  | "PROVIDER_REJECTED"
  | "PROVIDER_TIMEOUT"
  | "PROVIDER_UNAVAILABLE"
  | "STORE_UNAVAILABLE";

/** An expected refusal: a reason for programs, a sentence for people, facts that help to act. */
export class TollgateError extends Error {
  override readonly name = "TollgateError";
  readonly reason: ErrorReason;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    reason: ErrorReason,
    message: string,
    facts: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.reason = reason;
    this.facts = facts;
  }
}

/** Bad input: names the field and what is wrong with it. */
export function invalidField(field: string, problem: string): TollgateError {
  return new TollgateError("INVALID_FIELD", `${field}: ${problem}`, { field });
}
