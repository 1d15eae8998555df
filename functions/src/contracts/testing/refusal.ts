import type { z } from "zod";
import { TollgateError } from "../../core/errors.ts";
import { parse } from "../parse.ts";

/** "field: problem" of the refusal, or undefined when the request is taken. Any other error is thrown on. */
export function refusal(schema: z.ZodType, data: unknown): string | undefined {
  return refusalBy(() => parse(schema, data));
}

export function refusalBy(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    const isOurs = error instanceof TollgateError && error.reason === "INVALID_FIELD";
    if (!isOurs || typeof error.facts.field !== "string" || error.facts.field === "") throw error;
    return error.message;
  }
}
