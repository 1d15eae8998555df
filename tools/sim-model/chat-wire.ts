import { type Dialect, OPENAI_DIALECT, parseChatRequest } from "./chat-request.ts";
import type { Completion } from "./completion.ts";
import { CHAT_KEYS, type DirectiveKey } from "./directives.ts";
import { seedOf } from "./hash.ts";
import { toldUsage } from "./usage.ts";
import type { ChatWire, EventWriter, Reply, Told } from "./wire.ts";

/** In what the chat completions of those who speak OpenAI's protocol differ. */
export interface Likeness {
  readonly dialect: Dialect;
  readonly answerIdPrefix: string;
  readonly directiveKeys?: readonly DirectiveKey[];
  /** What answers and chunks hold besides. */
  readonly fields?: object;
  /** A chunk that comes before all others. */
  readonly preamble?: object;
  usageOf?(reply: Reply, told: Told): unknown;
}

export function openAiWire(likeness: Likeness): ChatWire {
  const { dialect, answerIdPrefix, directiveKeys = OPENAI_KEYS, fields = {}, preamble } = likeness;
  const usageOf = likeness.usageOf ?? openAiUsage;
  const first = preamble === undefined ? "" : `data: ${JSON.stringify(preamble)}\n\n`;
  return {
    answerIdPrefix,
    toolCallIdPrefix: "call_",
    directiveKeys,
    parse: (body) => parseChatRequest(body, dialect),
    body: (reply, told) => ({ ...completionBody(reply, usageOf(reply, told)), ...fields }),
    events(reply, told) {
      const events = eventWriter(reply, fields, usageOf(reply, told));
      return { ...events, opening: () => first + events.opening() };
    },
  };
}

/** Only OpenRouter tells a cost. */
const OPENAI_KEYS = CHAT_KEYS.filter((key) => key !== "overcharge");

function openAiUsage(_: Reply, { billed, directives }: Told): unknown {
  return toldUsage(billed, directives.usage);
}

/** Chat completions as OpenAI answers them. */
export const OPENAI_WIRE: ChatWire = openAiWire({
  dialect: OPENAI_DIALECT,
  answerIdPrefix: "chatcmpl-",
});

/** https://platform.openai.com/docs/api-reference/chat/object */
function completionBody(reply: Reply, usage: unknown) {
  return {
    id: reply.id,
    object: "chat.completion",
    created: reply.createdSeconds,
    model: reply.model,
    choices: [
      {
        index: 0,
        message: messageOf(reply),
        logprobs: null,
        finish_reason: reply.completion.finishReason,
      },
    ],
    ...(usage === undefined ? {} : { usage }),
    service_tier: reply.request.serviceTier,
    system_fingerprint: fingerprintOf(reply),
  };
}

function messageOf(reply: Reply) {
  const { toolName, texts } = reply.completion;
  const said = texts.join("");
  if (toolName === null) {
    return { role: "assistant", content: said, refusal: null, annotations: [] };
  }
  const call = {
    id: reply.toolCallId,
    type: "function",
    function: { name: toolName, arguments: said },
  };
  return { role: "assistant", content: null, tool_calls: [call], refusal: null, annotations: [] };
}

const DONE = "data: [DONE]\n\n";

/** Hides the length of what is said from those who watch the line: OpenAI adds it unless told not to. */
const OBFUSCATION = "s3Kd9xQv2LmZ7pRb";

/** https://platform.openai.com/docs/api-reference/chat/streaming */
function eventWriter(reply: Reply, fields: object, usage: unknown): EventWriter {
  const { request, completion } = reply;
  const head = `data: ${openEnvelope(reply, fields)},"choices":`;
  const noUsageYet = request.includeUsage ? ',"usage":null' : "";

  const padding = (text: string) =>
    request.includeObfuscation
      ? `,"obfuscation":"${OBFUSCATION.slice(text.length % OBFUSCATION.length)}"`
      : "";
  const event = (delta: object, finishReason: string | null, text = "") => {
    const choice = { index: 0, delta, logprobs: null, finish_reason: finishReason };
    return `${head}[${JSON.stringify(choice)}]${noUsageYet}${padding(text)}}\n\n`;
  };

  return {
    opening: () => event(openingDelta(reply), null),
    content: ({ text }) => event(contentDelta(completion, text), null, text),
    finish: () => event({}, completion.finishReason),
    ending: () => usageEvent(head, request.includeUsage ? usage : undefined, padding("")) + DONE,
  };
}

function usageEvent(head: string, usage: unknown, padding: string): string {
  return usage === undefined ? "" : `${head}[],"usage":${JSON.stringify(usage)}${padding}}\n\n`;
}

function openEnvelope(reply: Reply, fields: object): string {
  const envelope = {
    id: reply.id,
    object: "chat.completion.chunk",
    created: reply.createdSeconds,
    model: reply.model,
    service_tier: reply.request.serviceTier,
    system_fingerprint: fingerprintOf(reply),
    ...fields,
  };
  return JSON.stringify(envelope).slice(0, -1);
}

function openingDelta(reply: Reply) {
  const { toolName } = reply.completion;
  if (toolName === null) return { role: "assistant", content: "", refusal: null };
  const called = { name: toolName, arguments: "" };
  const call = { index: 0, id: reply.toolCallId, type: "function", function: called };
  return { role: "assistant", content: null, tool_calls: [call], refusal: null };
}

function contentDelta(completion: Completion, text: string) {
  if (completion.toolName === null) return { content: text };
  return { tool_calls: [{ index: 0, function: { arguments: text } }] };
}

/** Reasoning models give no fingerprint. */
function fingerprintOf(reply: Reply): string | null {
  const { model } = reply.request;
  if (model.effort !== null) return null;
  return `fp_${seedOf(model.dated).toString(16).padStart(10, "0")}`;
}
