import type { IncomingHttpHeaders } from "node:http";
import type { ApiError } from "./errors.ts";
import { CATALOGUES, type Catalogue } from "./models.ts";

/** A provider as its clients know it from outside the messages themselves. */
export interface Vendor {
  /** What its paths begin with: the provider's own path, below its name. */
  readonly basePath: string;
  readonly catalogue: Catalogue;
  readonly requestIdHeader: string;
  /** Without it a request is refused. */
  readonly requiredHeader?: string;
  /** The key that came with a request. */
  keyOf(headers: IncomingHttpHeaders): string | undefined;
  /** An error as this provider answers it. */
  refusal(error: ApiError, requestId: string): { readonly status: number; readonly body: unknown };
}

const OPENAI: Vendor = {
  basePath: "/v1",
  catalogue: CATALOGUES.openai,
  requestIdHeader: "x-request-id",
  keyOf: bearer,
  refusal: ({ status, body }) => ({ status, body: { error: body } }),
};

/** https://platform.claude.com/docs/en/api/overview */
const ANTHROPIC: Vendor = {
  basePath: "/anthropic/v1",
  catalogue: CATALOGUES.anthropic,
  requestIdHeader: "request-id",
  keyOf: (headers) => single(headers["x-api-key"]) ?? bearer(headers),
  requiredHeader: "anthropic-version",
  refusal: anthropicRefusal,
};

/** https://openrouter.ai/docs/api-reference/errors */
const OPENROUTER: Vendor = {
  ...OPENAI,
  basePath: "/openrouter/api/v1",
  catalogue: CATALOGUES.openrouter,
  refusal: ({ status, message }) => ({ status, body: { error: { code: status, message } } }),
};

/** https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle */
const AZURE: Vendor = {
  ...OPENAI,
  basePath: "/azure/openai/v1",
  catalogue: CATALOGUES.azure,
  requestIdHeader: "apim-request-id",
  keyOf: (headers) => single(headers["api-key"]),
  refusal: ({ status, body }) => ({ status, body: { error: { ...body, code: azureCode(body) } } }),
};

/** https://ai.google.dev/gemini-api/docs/openai: it answers errors as a list of one. */
const GOOGLE: Vendor = {
  ...OPENAI,
  basePath: "/google/v1beta/openai",
  catalogue: CATALOGUES.google,
  refusal: ({ status, message }) => ({
    status,
    body: [{ error: { code: status, message, status: GOOGLE_STATUS[status] ?? "UNKNOWN" } }],
  }),
};

export const VENDORS = [OPENAI, ANTHROPIC, OPENROUTER, AZURE, GOOGLE] as const;

/** https://platform.claude.com/docs/en/api/errors */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};

/** Where others answer 503, Anthropic is overloaded: 529. */
const OVERLOADED_STATUS = 529;

function anthropicRefusal(error: ApiError, request_id: string) {
  const status = error.status === 503 ? OVERLOADED_STATUS : error.status;
  const detail = { type: ANTHROPIC_TYPES[status] ?? "api_error", message: error.message };
  return { status, body: { type: "error", error: detail, request_id } };
}

/** https://cloud.google.com/apis/design/errors#handling_errors */
const GOOGLE_STATUS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

function azureCode({ code }: ApiError["body"]): string | null {
  return code === "model_not_found" ? "DeploymentNotFound" : code;
}

function bearer({ authorization }: IncomingHttpHeaders): string | undefined {
  return authorization && (/^Bearer (.*)$/.exec(authorization)?.[1] ?? "");
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
