import { chat as runChat } from "../../calls/chat.ts";
import { MIN_INSTANCES, OPENAI_API_KEY } from "../../config.ts";
import { type ChatChunk, type ChatResponse, chatRequest } from "../../contracts/chat.ts";
import { chatCommand } from "../chat-command.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { MODEL_DOOR } from "../door-options.ts";
import { callDeps } from "../wiring.ts";

/** A metered chat call; streams when the caller does. */
export const chat = defineCallable<typeof chatRequest, ChatResponse, ChatChunk>(
  chatRequest,
  {
    ...DOOR,
    ...MODEL_DOOR,
    access: "user",
    minInstances: MIN_INSTANCES,
    secrets: [OPENAI_API_KEY],
  },
  ({ data, caller, request, response }) => {
    const stream = request.acceptsStreaming && response !== undefined;
    // The SDK says whether a chunk was sent; a client that has gone is noticed by the signal.
    const send = (chunk: ChatChunk) => void response?.sendChunk(chunk);
    return runChat(callDeps(), chatCommand(caller, data, stream), {
      onDelta: (delta) => stream && send({ delta }),
      onToolCallDelta: (toolCalls) => stream && send({ toolCalls }),
      signal: response?.signal ?? new AbortController().signal,
    });
  },
);
