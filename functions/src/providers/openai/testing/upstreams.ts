import { answer, type Step } from "../../transport/testing/scripted-server.ts";
import { STREAMED } from "./scripted-provider.ts";
import {
  NOTHING,
  OPENAI_WORDS,
  type Outcome,
  SOON,
  type Upstream,
  type Words,
} from "./upstream.ts";
import { plainRows, streamRows } from "./upstream-answers.ts";

type More = Partial<Pick<Upstream, "repeat" | "retryAfterMs">>;

/** It breaks before a byte of an answer: the only thing that is made again at once. */
function lost(name: string, does: Upstream["does"]): Upstream {
  return { name, does, request: STREAMED, expected: NOTHING, repeat: "at_once" };
}

/** Something of an answer has come, although no headers: never made again. */
function headless(name: string, does: readonly Step[]): Upstream {
  return { name, does, request: STREAMED, expected: NOTHING };
}

function refused(name: string, whole: string, failureKind: Outcome["failureKind"], more?: More) {
  const httpStatus = Number(whole.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
  const expected = { ...NOTHING, failureKind, httpStatus };
  return { name, does: [whole], request: STREAMED, expected, ...more };
}

function limited(name: string, headers: Record<string, string>, retryAfterMs?: number) {
  const more = retryAfterMs === undefined ? undefined : { retryAfterMs };
  return refused(name, answer(429, "{}", headers), "rate_limited", { repeat: "later", ...more });
}

const LATER = { repeat: "later" } as const;
const HTML = "<html><h1>Bad gateway</h1></html>";
const AS_HTML = { "content-type": "text/html" };
/** Every way in which an upstream is known to go wrong, or to be odd and right. */
export function upstreamsOf(words: Words): readonly Upstream[] {
  return [
    lost("refuse connections", "refuse"),
    lost("have no name", "have no name"),
    lost("speak no TLS", "speak no TLS"),
    lost("reset before the headers", ["reset"]),
    lost("close before the headers", ["close"]),

    headless("reset in mid-header", ["HTTP/1.1 200 OK\r\ncontent-ty", SOON, "reset"]),
    headless("reset after a byte", ["H", SOON, "reset"]),
    headless("close after a byte", ["H", SOON, "close"]),
    headless("reset after early hints", ["HTTP/1.1 103 Early Hints\r\n\r\n", SOON, "reset"]),
    headless("answer what is no HTTP", ["SMTP ready\r\n\r\n"]),
    headless("send headers without end", [`HTTP/1.1 200 OK\r\nx: ${"y".repeat(80_000)}`]),

    ...streamRows(words),
    ...plainRows(words),

    ...[500, 502, 503, 504, 529].map((status) =>
      refused(`fail with ${status}`, answer(status, "{}"), "unavailable", LATER),
    ),
    ...[400, 401, 403, 404, 409, 413, 422].map((status) =>
      refused(`refuse with ${status}`, answer(status, "{}"), "rejected"),
    ),
    limited("limit the rate", {}),
    limited("limit the rate, for seconds", { "retry-after": "7" }, 7_000),
    limited("limit the rate, until a date", { "retry-after": "Wed, 21 Oct 2020 07:28:00 GMT" }, 0),
    limited("limit the rate, for milliseconds", { "retry-after-ms": "1200" }, 1_200),
    limited("limit the rate, for nonsense", { "retry-after": "soon" }),
    refused("fail in HTML", answer(502, HTML, AS_HTML), "unavailable", LATER),
    refused("fail with nothing", answer(500, ""), "unavailable", LATER),
    refused("fail at length", answer(500, "x".repeat(500_000), AS_HTML), "unavailable", LATER),
  ];
}

export const UPSTREAMS = upstreamsOf(OPENAI_WORDS);
