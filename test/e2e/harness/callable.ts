import { FUNCTIONS_URL, SLOW_MS } from "./stack.ts";

/** An error as it stands on the wire. */
export interface WireError {
  readonly status: string;
  readonly message: string;
  readonly details?: { readonly reason?: string; readonly field?: string } & Readonly<
    Record<string, unknown>
  >;
}

export interface Answer<Result> {
  readonly httpStatus: number;
  readonly result?: Result;
  readonly error?: WireError;
}

export interface Chunk<Message> {
  readonly message: Message;
  /** Since the request went out. */
  readonly atMs: number;
}

export interface StreamedAnswer<Message, Result> extends Answer<Result> {
  readonly chunks: readonly Chunk<Message>[];
  readonly endedAtMs: number;
}

/** Who asks; without a token nobody is signed in. */
export interface Asker {
  readonly idToken?: string;
  /** Origin of the functions, where they are not those of the stack. */
  readonly url?: string;
}

/** POSTs to a callable as the SDK does, a body that may be anything. */
export function post(
  door: string,
  body: string,
  { idToken, url = FUNCTIONS_URL }: Asker,
  init: RequestInit = {},
): Promise<Response> {
  const unanswered = AbortSignal.timeout(SLOW_MS);
  return fetch(`${url}/${door}`, {
    method: "POST",
    ...init,
    signal: init.signal ? AbortSignal.any([init.signal, unanswered]) : unanswered,
    headers: {
      "content-type": "application/json",
      ...(idToken === undefined ? {} : { authorization: `Bearer ${idToken}` }),
      ...init.headers,
    },
    body,
  });
}

export async function ask<Result>(
  door: string,
  asker: Asker,
  data: unknown,
): Promise<Answer<Result>> {
  const response = await post(door, JSON.stringify({ data }), asker);
  const body = (await response.json()) as Omit<Answer<Result>, "httpStatus">;
  return { httpStatus: response.status, ...body };
}

/** The result; an error fails the test and is shown. */
export async function call<Result>(door: string, asker: Asker, data: unknown): Promise<Result> {
  return resultOf(door, await ask<Result>(door, asker, data));
}

/** The error; a result fails the test. */
export async function refusalOf(door: string, asker: Asker, data: unknown): Promise<WireError> {
  const answer = await ask(door, asker, data);
  if (answer.error) return answer.error;
  throw new Error(`${door} answered ${JSON.stringify(answer.result)}`);
}

export function resultOf<Result>(door: string, { result, error }: Answer<Result>): Result {
  if (result !== undefined) return result;
  throw new Error(`${door} refused: ${JSON.stringify(error)}`);
}

/** The same streamed: chunks as server-sent events, the result or the error as the last one. */
export async function stream<Message, Result>(
  door: string,
  asker: Asker,
  data: unknown,
  init: RequestInit = {},
): Promise<StreamedAnswer<Message, Result>> {
  const startedMs = performance.now();
  const headers = { accept: "text/event-stream" };
  const response = await post(door, JSON.stringify({ data }), asker, { ...init, headers });
  const chunks: Chunk<Message>[] = [];
  let last: Partial<Answer<Result>> = {};
  for await (const event of eventsOf(response)) {
    const atMs = performance.now() - startedMs;
    if ("message" in event) chunks.push({ message: event.message as Message, atMs });
    else last = event as Partial<Answer<Result>>;
  }
  const endedAtMs = performance.now() - startedMs;
  return { httpStatus: response.status, ...last, chunks, endedAtMs };
}

/** What refuses before the SDK has looked answers in plain JSON. */
async function* eventsOf(response: Response): AsyncGenerator<Record<string, unknown>> {
  let rest = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (rest + text).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events.filter((each) => each.startsWith("data: "))) {
      yield JSON.parse(event.slice("data: ".length));
    }
  }
  if (rest.trim() !== "") yield JSON.parse(rest);
}
