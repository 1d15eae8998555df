/** The object under `error` in every refusal of OpenAI's. */
export interface ErrorBody {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** A refusal as it goes over the wire. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: ErrorBody, headers: Readonly<Record<string, string>> = {}) {
    super(body.message);
    this.name = "ApiError";
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export function invalidRequest(
  message: string,
  param: string | null = null,
  code: string | null = null,
  status = 400,
): ApiError {
  return new ApiError(status, { message, type: "invalid_request_error", param, code });
}

export function missingKey(): ApiError {
  const message =
    "You didn't provide an API key. You need to provide your API key in an Authorization header " +
    "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).";
  return invalidRequest(message, null, null, 401);
}

export function wrongKey(): ApiError {
  const message = "Incorrect API key provided. The simulated model takes any key of the form sk-…";
  return invalidRequest(message, null, "invalid_api_key", 401);
}

export function unknownModel(name: string): ApiError {
  const message = `The model \`${name}\` does not exist or you do not have access to it.`;
  return invalidRequest(message, null, "model_not_found", 404);
}

export function unknownUrl(method: string, path: string): ApiError {
  return invalidRequest(`Invalid URL (${method} ${path})`, null, null, 404);
}

export function rateLimited(model: string, retryAfterSeconds: number): ApiError {
  const message =
    `Rate limit reached for ${model} in organization org-simulated on requests per min (RPM): ` +
    `Limit 3, Used 3, Requested 1. Please try again in ${retryAfterSeconds}s.`;
  const body = { message, type: "requests", param: null, code: "rate_limit_exceeded" };
  return new ApiError(429, body, { "retry-after": String(retryAfterSeconds) });
}

export function brokenServer(): ApiError {
  const message = "The server had an error while processing your request. Sorry about that!";
  return new ApiError(500, { message, type: "server_error", param: null, code: null });
}

export function overloaded(retryAfterSeconds: number | undefined): ApiError {
  const message = "The engine is currently overloaded, please try again later.";
  const headers: Record<string, string> = {};
  if (retryAfterSeconds !== undefined) headers["retry-after"] = String(retryAfterSeconds);
  return new ApiError(503, { message, type: "server_error", param: null, code: null }, headers);
}
