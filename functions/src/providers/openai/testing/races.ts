import type { ChatRequest, RunningCall } from "../../../calls/port.ts";
import {
  answer,
  chunk,
  LAST_CHUNK,
  STREAM_HEAD,
  type Step,
} from "../../transport/testing/scripted-server.ts";
import { PLAIN, STREAMED, sse, textChunk, USAGE, USAGE_CHUNK } from "./scripted-provider.ts";
import type { Outcome } from "./upstream.ts";

/** When a caller leaves: after so many ms, or as soon as so much text has come. */
export type Leaving = { readonly afterMs: number } | { readonly atText: string };

/** Two things that happen at once, or in an unusual order. */
export interface Race {
  readonly name: string;
  readonly does: readonly Step[];
  readonly request: ChatRequest;
  /** A whole call goes before it, whose connection this one takes. */
  readonly isSecond?: true;
  readonly leaves?: Leaving;
  /** How long our client bears silence within an answer, where the race is about that. */
  readonly idleTimeoutMs?: number;
  /** What our caller does besides at the first delta; an SDK has no such thing, or not without its own timing. */
  readonly ours?: (call: RunningCall) => void;
  /** Each of these is right, where it is the network's to say which. */
  readonly expected: readonly Outcome[];
  /** What the official SDK makes of it instead, and why; "none": it has no opinion. */
  readonly sdk?: "none" | (Partial<Outcome> & { readonly why: string });
}

/** So long that on a busy machine too all that was written has been read. */
const LONG_MS = 400;
const IDLE_TIMEOUT_MS = 150;
/** So that what was written has been read before the next thing happens. */
const SOON_MS = 30;
const SOON = { waitMs: SOON_MS };

const NOTHING: Outcome = {
  text: "",
  finishReason: null,
  rawUsage: undefined,
  failureKind: "unavailable",
  httpStatus: undefined,
};
const BEGUN: Outcome = { ...NOTHING, text: "Hel" };
const WHOLE: Outcome = {
  text: "Hello",
  finishReason: "stop",
  rawUsage: USAGE,
  failureKind: null,
  httpStatus: undefined,
};
const LEFT: Outcome = { ...NOTHING, failureKind: "aborted" };
const LEFT_IN_MIDDLE: Outcome = { ...BEGUN, failureKind: "aborted" };

const HEL = sse(textChunk("Hel"));
const REST = sse(textChunk("lo", "stop")) + sse(USAGE_CHUNK) + sse("[DONE]");
const WITHOUT_A_WORD = {
  failureKind: null,
  why: "an iterator that is aborted ends without a word",
} as const;

type More = Partial<Omit<Race, "name" | "does" | "request" | "expected">>;

function race(
  name: string,
  does: readonly Step[],
  expected: Outcome | Outcome[],
  more?: More,
): Race {
  return { name, does, request: STREAMED, expected: [expected].flat(), ...more };
}

function streamed(
  name: string,
  pieces: readonly Step[],
  expected: Outcome | Outcome[],
  more?: More,
) {
  return race(name, [STREAM_HEAD, ...pieces], expected, more);
}

function paused(name: string, pieces: readonly Step[], expected: Outcome | Outcome[], then: Act) {
  const ours = (call: RunningCall) => {
    call.pause();
    setTimeout(() => then(call), 2 * SOON_MS);
  };
  return streamed(name, [chunk(HEL), SOON, ...pieces], expected, { ours, sdk: "none" });
}

type Act = (call: RunningCall) => void;
const abort: Act = (call) => call.abort();
const resume: Act = (call) => call.resume();

export const RACES: readonly Race[] = [
  race("the caller leaves before the headers", ["hang"], LEFT, { leaves: { afterMs: LONG_MS } }),
  streamed("the caller leaves between headers and the first byte", ["hang"], LEFT, {
    leaves: { afterMs: LONG_MS },
    sdk: WITHOUT_A_WORD,
  }),
  streamed(
    "the caller leaves in mid-chunk",
    [chunk(HEL), 'ff\r\ndata: {"c', "hang"],
    LEFT_IN_MIDDLE,
    {
      leaves: { afterMs: LONG_MS },
      sdk: WITHOUT_A_WORD,
    },
  ),
  streamed(
    "the caller leaves at a piece",
    [chunk(HEL), SOON, chunk(REST), LAST_CHUNK],
    LEFT_IN_MIDDLE,
    {
      leaves: { atText: "Hel" },
      sdk: WITHOUT_A_WORD,
    },
  ),
  streamed(
    "the caller leaves as the last pieces come",
    [chunk(HEL + REST), LAST_CHUNK],
    LEFT_IN_MIDDLE,
    {
      leaves: { atText: "Hel" },
      sdk: WITHOUT_A_WORD,
    },
  ),
  streamed("the caller leaves after [DONE]", [chunk(HEL + REST), "hang"], WHOLE, {
    leaves: { afterMs: LONG_MS },
  }),
  streamed("the caller leaves as the provider closes", [chunk(HEL), "close"], LEFT_IN_MIDDLE, {
    leaves: { atText: "Hel" },
    sdk: WITHOUT_A_WORD,
  }),
  streamed(
    "the caller leaves as the provider resets, or just after",
    [chunk(HEL), SOON, "reset"],
    [LEFT_IN_MIDDLE, BEGUN],
    { leaves: { afterMs: SOON_MS }, sdk: "none" },
  ),
  streamed(
    "the idle limit runs out as the end comes",
    [chunk(HEL), { waitMs: IDLE_TIMEOUT_MS }, chunk(REST), LAST_CHUNK],
    [WHOLE, { ...BEGUN, failureKind: "timeout" }],
    {
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      sdk: { ...WHOLE, why: "it waits for as long as the connection stands" },
    },
  ),
  paused("the caller pauses and leaves", [chunk(REST), LAST_CHUNK], LEFT_IN_MIDDLE, abort),
  paused("the caller pauses, and all the rest comes", [chunk(REST), LAST_CHUNK], WHOLE, resume),
  paused(
    "the caller pauses, and the provider closes",
    [chunk(REST), LAST_CHUNK, "close"],
    WHOLE,
    resume,
  ),
  paused("the caller pauses, and the provider cuts", ["close"], BEGUN, resume),
  paused("the caller pauses, and the provider resets", ["reset"], BEGUN, resume),
  paused(
    "the caller pauses and leaves as the provider resets",
    ["reset"],
    [LEFT_IN_MIDDLE, BEGUN],
    abort,
  ),
  streamed(
    "a reset comes right after the last byte",
    [chunk(HEL + REST), LAST_CHUNK, "reset"],
    WHOLE,
  ),
  streamed(
    "a close comes right after the last byte",
    [chunk(HEL + REST), LAST_CHUNK, "close"],
    WHOLE,
  ),
  race("an idle connection closes as a request goes out", ["close"], NOTHING, { isSecond: true }),
  race("an idle connection is reset as a request goes out", ["reset"], NOTHING, { isSecond: true }),
  {
    ...race("an answer comes before the request is wholly sent", ["early", answer(413, "{}")], {
      ...NOTHING,
      failureKind: "rejected",
      httpStatus: 413,
    }),
    request: { ...PLAIN, messages: [{ role: "user", content: "x".repeat(8 * 1024 * 1024) }] },
  },
];
