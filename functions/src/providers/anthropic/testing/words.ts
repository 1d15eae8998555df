import { NOTHING, type Words } from "../../openai/testing/upstream.ts";

function event(type: string, more: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

function text(piece: string): string {
  return event("content_block_delta", { index: 0, delta: { type: "text_delta", text: piece } });
}

const MESSAGE = { id: "msg_1", type: "message", role: "assistant", model: "m-1" };
const STARTED = { ...MESSAGE, content: [], stop_reason: null, stop_sequence: null };
const BLOCK = { index: 0, content_block: { type: "text", text: "" } };
const ENDED = { stop_reason: "end_turn", stop_sequence: null };
const USAGE = { input_tokens: 5, output_tokens: 2 };

const SAID = { ...NOTHING, text: "Hello" };

/** The answer of the table of upstreams as the messages API gives it: why it ended comes with the usage. */
export const MESSAGES_WORDS: Words = {
  hel:
    event("message_start", {
      message: { ...STARTED, usage: { input_tokens: 5, output_tokens: 1 } },
    }) +
    event("content_block_start", BLOCK) +
    text("Hel"),
  lo: text("lo") + event("content_block_stop", { index: 0 }),
  told: event("message_delta", { delta: ENDED, usage: USAGE }),
  done: event("message_stop", {}),
  error: event("error", { error: { type: "api_error" } }),
  broken: "event: content_block_delta\ndata: {oops\n\n",
  eventStart: "event: ",
  completion: JSON.stringify({
    ...MESSAGE,
    ...ENDED,
    content: [{ type: "text", text: "Hello" }],
    usage: USAGE,
  }),
  said: SAID,
  untold: { ...SAID, failureKind: null },
  whole: { ...SAID, finishReason: "stop", failureKind: null },
};
