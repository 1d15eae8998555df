import { gzipSync } from "node:zlib";
import type { ChatRequest, ProviderFailure } from "../../../calls/port.ts";
import {
  answer,
  chunk,
  LAST_CHUNK,
  STREAM_HEAD,
  type Step,
} from "../../transport/testing/scripted-server.ts";
import { PLAIN, STREAMED, sse, textChunk, USAGE, USAGE_CHUNK } from "./scripted-provider.ts";

/** What a client makes of an upstream. */
export interface Outcome {
  readonly text: string;
  readonly finishReason: string | null;
  readonly rawUsage: unknown;
  /** null: it took the answer for whole. */
  readonly failureKind: ProviderFailure["kind"] | null;
  readonly httpStatus: number | undefined;
}

export interface Upstream {
  readonly name: string;
  /** What the server does once the request has come; or there is none. */
  readonly does: readonly Step[] | "refuse" | "have no name" | "speak no TLS";
  readonly request: ChatRequest;
  readonly expected: Outcome;
  /** What the official SDK makes of it instead, and why that is not ours. */
  readonly sdk?: Partial<Outcome> & { readonly why: string };
  /** What our client says of making the same call again. */
  readonly repeat?: ProviderFailure["repeat"];
  readonly retryAfterMs?: number;
}

/** How long our client bears silence within an answer; servers that stall do so for longer. */
export const IDLE_TIMEOUT_MS = 200;
const STALL = { waitMs: 400 };
/** So that what was written has been read before the connection goes. */
const SOON = { waitMs: 20 };

const NOTHING: Outcome = {
  text: "",
  finishReason: null,
  rawUsage: undefined,
  failureKind: "unavailable",
  httpStatus: undefined,
};
const BEGUN: Outcome = { ...NOTHING, text: "Hel" };
const SAID: Outcome = { ...NOTHING, text: "Hello", finishReason: "stop" };
const WHOLE: Outcome = { ...SAID, rawUsage: USAGE, failureKind: null };

const HEL = sse(textChunk("Hel"));
const LO = sse(textChunk("lo", "stop"));
const TOLD = sse(USAGE_CHUNK);
const DONE = sse("[DONE]");
const ALL = HEL + LO + TOLD + DONE;
const COMPLETION = JSON.stringify({
  model: "m-1",
  choices: [{ index: 0, message: { content: "Hello" }, finish_reason: "stop" }],
  usage: USAGE,
});

const TAKES_ANY_END = { failureKind: null, why: "it takes any clean end for the end" } as const;

type More = Partial<Pick<Upstream, "sdk" | "repeat" | "retryAfterMs">>;

/** It breaks before a byte of an answer: the only thing that is made again at once. */
function lost(name: string, does: Upstream["does"]): Upstream {
  return { name, does, request: STREAMED, expected: NOTHING, repeat: "at_once" };
}

/** Something of an answer has come, although no headers: never made again. */
function headless(name: string, does: readonly Step[]): Upstream {
  return { name, does, request: STREAMED, expected: NOTHING };
}

function streamed(name: string, pieces: readonly Step[], expected: Outcome, more?: More): Upstream {
  return { name, does: [STREAM_HEAD, ...pieces], request: STREAMED, expected, ...more };
}

function plain(name: string, does: readonly Step[], expected: Outcome, more?: More): Upstream {
  return { name, does, request: PLAIN, expected, ...more };
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
const GZIPPED = gzipSync(COMPLETION);
const GZIP_HEAD = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: ${GZIPPED.length}\r\n\r\n`;

/** Every way in which an upstream is known to go wrong, or to be odd and right. */
export const UPSTREAMS: readonly Upstream[] = [
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

  streamed("reset after the headers", [SOON, "reset"], NOTHING),
  streamed("close after the headers", [SOON, "close"], NOTHING),
  streamed("cut a chunk", [chunk(HEL), 'ff\r\ndata: {"c', SOON, "reset"], BEGUN),
  streamed("cut an event", [chunk(HEL), chunk('data: {"cho'), SOON, "reset"], BEGUN),
  streamed("cut a character", [chunk(HEL), chunk(Buffer.of(0xe2, 0x98)), SOON, "reset"], BEGUN),
  streamed("cut between finish and usage", [chunk(HEL + LO), SOON, "reset"], SAID),
  streamed("cut between usage and [DONE]", [chunk(HEL + LO + TOLD), SOON, "reset"], WHOLE, {
    sdk: { failureKind: "unavailable", why: "all that counts had come" },
  }),
  streamed("end cleanly in mid-answer", [chunk(HEL), LAST_CHUNK], BEGUN, { sdk: TAKES_ANY_END }),
  streamed("end cleanly before the answer", [LAST_CHUNK], NOTHING, { sdk: TAKES_ANY_END }),
  streamed(
    "stall in mid-answer",
    [chunk(HEL), STALL, "reset"],
    { ...BEGUN, failureKind: "timeout" },
    { sdk: { failureKind: "unavailable", why: "it waits for as long as the connection stands" } },
  ),
  streamed("break the JSON of an event", [chunk(`${HEL}data: {oops\n\n`), LAST_CHUNK], BEGUN),
  streamed("send an error event", [chunk(HEL + sse({ error: { code: "x" } })), LAST_CHUNK], BEGUN),

  streamed(
    "stream in pieces",
    [chunk(HEL), chunk(LO), chunk(TOLD), chunk(DONE), LAST_CHUNK],
    WHOLE,
  ),
  streamed("drip", [...drops(ALL), LAST_CHUNK], WHOLE),
  streamed("leave out [DONE]", [chunk(HEL + LO + TOLD), LAST_CHUNK], WHOLE),
  streamed("tell no usage", [chunk(HEL + LO + DONE), LAST_CHUNK], {
    ...WHOLE,
    rawUsage: undefined,
  }),
  streamed("go on after [DONE]", [chunk(ALL + HEL), LAST_CHUNK], WHOLE),
  streamed("reset after [DONE]", [chunk(ALL), SOON, "reset"], WHOLE),
  streamed("send CRLF", [chunk(ALL.replaceAll("\n", "\r\n")), LAST_CHUNK], WHOLE),
  streamed("send CR", [chunk(ALL.replaceAll("\n", "\r")), LAST_CHUNK], WHOLE),
  streamed(
    "send comments",
    [chunk(ALL.replaceAll("data", ": ping\n\nid: 1\ndata")), LAST_CHUNK],
    WHOLE,
  ),
  streamed("end in trailers", [chunk(ALL), "0\r\nx-checksum: 1\r\n\r\n"], WHOLE),
  streamed("extend chunks", [chunk(ALL).toString().replace("\r\n", ";a=b\r\n"), LAST_CHUNK], WHOLE),

  plain("answer", [answer(200, COMPLETION)], WHOLE),
  plain(
    "send early hints",
    ["HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", answer(200, COMPLETION)],
    WHOLE,
  ),
  plain(
    "speak HTTP/1.0",
    [`HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n${COMPLETION}`, SOON, "close"],
    WHOLE,
  ),
  plain("compress unasked", [GZIP_HEAD, GZIPPED], NOTHING, {
    sdk: { ...WHOLE, why: "fetch unpacks; we ask for the answer as it is, and unpack nothing" },
  }),
  plain("answer in the wrong type", [answer(200, COMPLETION, AS_HTML)], WHOLE, {
    sdk: { ...NOTHING, why: "it takes the body for a text" },
  }),
  plain("answer in HTML", [answer(200, HTML, AS_HTML)], NOTHING),
  plain("answer with broken JSON", [answer(200, COMPLETION.slice(0, -9))], NOTHING),
  plain("answer with nothing", [answer(200, "")], NOTHING),
  plain("answer with 204", ["HTTP/1.1 204 No Content\r\n\r\n"], NOTHING),
  plain("cut a body", [answer(200, COMPLETION).slice(0, -9), SOON, "close"], NOTHING),
  {
    ...plain("answer whole though asked to stream", [answer(200, COMPLETION)], WHOLE),
    request: STREAMED,
    sdk: { ...NOTHING, failureKind: null, why: "it finds no event, and takes that for the end" },
  },

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

/** A byte at a time, with a rest after every fortieth. */
function drops(text: string): Step[] {
  return [...Buffer.from(text)].flatMap((byte, place): Step[] =>
    place % 40 === 0 ? [{ waitMs: 5 }, chunk(Buffer.of(byte))] : [chunk(Buffer.of(byte))],
  );
}
