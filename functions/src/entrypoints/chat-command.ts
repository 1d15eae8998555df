import type { ChatCommand } from "../calls/chat.ts";
import type { ChatRequest } from "../contracts/chat.ts";
import { attributionOf } from "./attribution.ts";
import type { Caller } from "./caller.ts";

/** The use case's command; all but the request's id must be equal for a repeat to be the same request. */
export function chatCommand(caller: Caller, data: ChatRequest, stream: boolean): ChatCommand {
  const { requestId, ...payload } = data;
  return {
    subject: caller.subject,
    attribution: attributionOf(caller, data, { operation: "chat", endpoint: "chat" }),
    requestId,
    model: data.model,
    payload,
    fitToBudget: data.fitToBudget ?? false,
    chat: {
      messages: data.messages,
      stream,
      maxOutputTokens: data.maxOutputTokens,
      temperature: data.temperature,
      topP: data.topP,
      stop: data.stop,
      seed: data.seed,
      reasoningEffort: data.reasoningEffort,
      tools: data.tools,
      toolChoice: data.toolChoice,
      responseFormat: data.responseFormat,
    },
  };
}
