import type { ProviderFailure } from "../../calls/port.ts";
import type { HttpFault, HttpHeaders } from "../transport/http.ts";
import { isObject, parseJson, shortText } from "./json.ts";
import { retryAfterMsOf } from "./retry-after.ts";

const MAX_MESSAGE_LENGTH = 300;
const MAX_REQUEST_ID_LENGTH = 128;

type Kind = ProviderFailure["kind"];

/** An answer that is no success, as far as it could be read. */
export interface Refusal {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: string;
}

/** What a provider's `error` object names. Its message is left out: it may quote the request, or a part of the key. */
interface ErrorNames {
  readonly code: string | null;
  readonly type: string | null;
  readonly param: string | null;
}

/** A status other than 2xx: nothing was generated, so nothing is billed. */
export function refusalFailure({ status, headers, body }: Refusal, nowMs: number): ProviderFailure {
  const names = namesOf(errorOf(parseJson(body)));
  const kind = kindOfStatus(status, names);
  const retryAfterMs = retryAfterMsOf(headers, nowMs);
  const providerRequestId = requestIdOf(headers);
  return {
    kind,
    maybeBilled: false,
    sent: "whole",
    ...(mayPass(status, headers, names) ? { repeat: "later" } : undefined),
    message: sentence(sayStatus(status, kind), [`HTTP ${status}`, ...described(names)]),
    httpStatus: status,
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
    ...(providerRequestId === null ? undefined : { providerRequestId }),
  };
}

/** An `error` object within an answer that began well: the provider may bill what it had generated. */
export function errorInAnswer(error: unknown): ProviderFailure {
  const names = namesOf(error);
  const message = sentence("The provider broke off its answer with an error", described(names));
  return { kind: kindOfNames(names), maybeBilled: true, sent: "whole", message };
}

export function unreadable(what: string): ProviderFailure {
  return {
    kind: "unavailable",
    maybeBilled: true,
    sent: "whole",
    message: `The provider's answer cannot be read: ${what}.`,
  };
}

/** The connection failed, a limit of ours ran out, or we left. */
export function faultFailure({ reason, code, sent, received }: HttpFault): ProviderFailure {
  const { kind, says } = FAULTS[reason];
  const isLost = reason === "connect" || (reason === "broken" && received === "nothing");
  return {
    kind,
    maybeBilled: sent === "whole",
    sent,
    ...(isLost ? { repeat: "at_once" } : undefined),
    message: sentence(says, code === null ? [] : [code]),
  };
}

export function requestIdOf(headers: HttpHeaders): string | null {
  const id = REQUEST_ID_HEADERS.map((name) => headers[name]).find((value) => value !== undefined);
  return shortText(id, MAX_REQUEST_ID_LENGTH);
}

/** OpenAI's, Anthropic's, Azure's. */
const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "apim-request-id"];

/** Gemini answers its errors as a list of one. */
function errorOf(body: unknown): unknown {
  const holder: unknown = Array.isArray(body) ? body[0] : body;
  return isObject(holder) ? holder.error : undefined;
}

const FAULTS: Readonly<
  Record<HttpFault["reason"], { readonly kind: Kind; readonly says: string }>
> = {
  connect: { kind: "unavailable", says: "No connection to the provider" },
  broken: { kind: "unavailable", says: "The connection to the provider broke" },
  total_timeout: { kind: "timeout", says: "The call took longer than its time limit" },
  idle_timeout: {
    kind: "timeout",
    says: "The provider stopped in mid-answer for longer than the limit",
  },
  callback: { kind: "unavailable", says: "The answer could not be passed on" },
  aborted: { kind: "aborted", says: "The call was given up" },
};

/** What the same request need not meet again; OpenAI says so itself now and then, in a header that its SDK heeds. */
function mayPass(status: number, headers: HttpHeaders, { code }: ErrorNames): boolean {
  const said = headers["x-should-retry"];
  if (said === "true" || said === "false") return said === "true";
  if (code === "insufficient_quota") return false;
  return status === 408 || status === 429 || status >= 500;
}

function kindOfStatus(status: number, { code, type }: ErrorNames): Kind {
  if (status === 429) return "rate_limited";
  if (status === 408) return "timeout";
  if (status < 400 || status >= 500) return "unavailable";
  return [code, type].some((name) => UNKNOWN_MODEL.has(name ?? "")) ? "unknown_model" : "rejected";
}

/** What OpenAI, Azure, Anthropic, Gemini and OpenRouter call a model or deployment that is not there. */
const UNKNOWN_MODEL: ReadonlySet<string> = new Set([
  "model_not_found",
  "DeploymentNotFound",
  "not_found_error",
  "NOT_FOUND",
  "404",
]);

function kindOfNames({ code, type }: ErrorNames): Kind {
  if (code === "model_not_found") return "unknown_model";
  if (code === "rate_limit_exceeded" || type === "rate_limit_error") return "rate_limited";
  return type === "invalid_request_error" ? "rejected" : "unavailable";
}

function sayStatus(status: number, kind: Kind): string {
  if (kind === "rate_limited") return "The provider's rate limit or quota is used up";
  if (kind === "timeout") return "The provider gave up waiting";
  if (kind === "unknown_model") return "The provider knows no such model, or not for this account";
  if (status === 401) return "The provider does not accept the API key";
  if (status === 403) return "The provider does not allow this to the API key";
  if (status < 400) return "The provider answered with a redirect, which is not followed";
  return kind === "unavailable" ? "The provider failed" : "The provider refused the request";
}

function namesOf(error: unknown): ErrorNames {
  if (!isObject(error)) return { code: null, type: null, param: null };
  return {
    code: nameOf(error.code),
    type: nameOf(error.type ?? error.status),
    param: nameOf(error.param),
  };
}

/** An identifier or a path such as "messages[0].content"; with no dash or space in it, no key and no sentence. */
function nameOf(value: unknown): string | null {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^\w[\w.[\]]{0,63}$/.test(text) ? text : null;
}

function described({ code, type, param }: ErrorNames): string[] {
  const facts = [code, type === code ? null : type, param === null ? null : `field ${param}`];
  return facts.filter((fact) => fact !== null);
}

function sentence(says: string, facts: readonly string[]): string {
  const inBrackets = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
  return `${says}${inBrackets}.`.slice(0, MAX_MESSAGE_LENGTH);
}
