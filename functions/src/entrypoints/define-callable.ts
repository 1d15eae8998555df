import "./guard-environment.ts";
import {
  type CallableFunction,
  type CallableOptions,
  type CallableRequest,
  type CallableResponse,
  onCall,
} from "firebase-functions/https";
import type { z } from "zod";
import { parse } from "../contracts/parse.ts";
import { type Caller, callerOf, requireAdmin, requireService } from "./caller.ts";
import { toHttpsError } from "./https-errors.ts";
import { guardBody, refusalOf } from "./raw-body.ts";
import { refuseRevoked } from "./revocation.ts";

/** user: anybody who is signed in; service: claim service or admin; admin: claim admin and a token still good. */
export type Access = "user" | "service" | "admin";

export interface DoorOptions extends Omit<CallableOptions, "authPolicy"> {
  readonly access: Access;
}

export interface Call<Data, Chunk> {
  /** The normalised request. */
  readonly data: Data;
  readonly caller: Caller;
  readonly request: CallableRequest<unknown>;
  /** For streams; its signal also fires after a normal end. */
  readonly response: CallableResponse<Chunk> | undefined;
}

/** A callable door: who calls, what is asked, the use case, and errors as the public table has them. */
export function defineCallable<Schema extends z.ZodType, Answer, Chunk = never>(
  schema: Schema,
  { access, ...options }: DoorOptions,
  handler: (call: Call<z.output<Schema>, Chunk>) => Promise<Answer>,
): CallableFunction<unknown, Promise<Answer>, Chunk> {
  const callable = onCall<unknown, Promise<Answer>, Chunk>(options, async (request, response) => {
    try {
      const caller = await admit(access, request);
      const refusal = refusalOf(request.rawRequest);
      if (refusal) throw refusal;
      return await handler({ data: parse(schema, request.data), caller, request, response });
    } catch (error) {
      throw toHttpsError(error);
    }
  });
  return guardBody(callable);
}

async function admit(access: Access, { auth }: CallableRequest<unknown>): Promise<Caller> {
  const caller = callerOf(auth);
  if (access === "service") requireService(caller);
  if (access === "admin") {
    requireAdmin(caller);
    await refuseRevoked(auth?.rawToken);
  }
  return caller;
}
