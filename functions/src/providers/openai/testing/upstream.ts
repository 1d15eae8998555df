import type { ChatRequest, ProviderFailure } from "../../../calls/port.ts";
import type { Step } from "../../transport/testing/scripted-server.ts";
import { sse, textChunk, USAGE, USAGE_CHUNK } from "./scripted-provider.ts";

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
export const STALL = { waitMs: 400 };
/** So that what was written has been read before the connection goes. */
export const SOON = { waitMs: 20 };

export const NOTHING: Outcome = {
  text: "",
  finishReason: null,
  rawUsage: undefined,
  failureKind: "unavailable",
  httpStatus: undefined,
};
export const BEGUN: Outcome = { ...NOTHING, text: "Hel" };
const SAID: Outcome = { ...NOTHING, text: "Hello", finishReason: "stop" };
const WHOLE: Outcome = { ...SAID, rawUsage: USAGE, failureKind: null };

/** An answer in the words of a protocol: the text "Hello" in two pieces, why it ended, its usage, and its end. */
export interface Words {
  readonly hel: string;
  readonly lo: string;
  readonly told: string;
  readonly done: string;
  /** An event that breaks the answer off, and one that is no JSON. */
  readonly error: string;
  readonly broken: string;
  /** With what each event begins. */
  readonly eventStart: "data: " | "event: ";
  /** The same answer, not streamed. */
  readonly completion: string;
  /** What has come of it with `hel` and `lo`, with all but `told`, and with all. */
  readonly said: Outcome;
  readonly untold: Outcome;
  readonly whole: Outcome;
}

export const OPENAI_WORDS: Words = {
  hel: sse(textChunk("Hel")),
  lo: sse(textChunk("lo", "stop")),
  told: sse(USAGE_CHUNK),
  done: sse("[DONE]"),
  error: sse({ error: { code: "x" } }),
  broken: "data: {oops\n\n",
  eventStart: "data: ",
  completion: JSON.stringify({
    model: "m-1",
    choices: [{ index: 0, message: { content: "Hello" }, finish_reason: "stop" }],
    usage: USAGE,
  }),
  said: SAID,
  untold: { ...WHOLE, rawUsage: undefined },
  whole: WHOLE,
};
