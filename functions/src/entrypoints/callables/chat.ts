import { chat as runChat } from "../../calls/chat.ts";
import { MIN_INSTANCES } from "../../config.ts";
import { type ChatChunk, type ChatResponse, chatRequest } from "../../contracts/chat.ts";
import { chatCommand } from "../chat-command.ts";
import { chunkSender } from "../chunk-sender.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { MODEL_DOOR } from "../door-options.ts";
import { PROVIDER_KEYS } from "../provider-keys.ts";
import { callDeps } from "../wiring.ts";

/** A metered chat call; streams when the caller does. */
export const chat = defineCallable<typeof chatRequest, ChatResponse, ChatChunk>(
  chatRequest,
  {
    ...DOOR,
    ...MODEL_DOOR,
    access: "user",
    minInstances: MIN_INSTANCES,
    secrets: PROVIDER_KEYS,
  },
  ({ data, caller, request, response }) => {
    const chunks = chunkSender<ChatChunk>({ request, response });
    return runChat(callDeps(), chatCommand(caller, data, chunks !== undefined), {
      onDelta: (delta) => chunks?.send({ delta }),
      onToolCallDelta: (toolCalls) => chunks?.send({ toolCalls }),
      isFull: () => chunks?.isFull() ?? false,
      onceDrained: (goOn) => chunks?.onceDrained(goOn),
      signal: response?.signal ?? new AbortController().signal,
    });
  },
);
