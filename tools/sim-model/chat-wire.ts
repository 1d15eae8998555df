import type { ChatRequest } from "./chat-request.ts";
import type { Completion } from "./completion.ts";
import { seedOf } from "./hash.ts";

/** A completion with all that its wire form needs. */
export interface Reply {
  readonly id: string;
  readonly toolCallId: string;
  readonly createdSeconds: number;
  /** The name that the answer carries. */
  readonly model: string;
  readonly request: ChatRequest;
  readonly completion: Completion;
}

/** A part of the answer, as one chunk carries it. */
export interface Piece {
  readonly text: string;
  readonly tokenCount: number;
}

/** https://platform.openai.com/docs/api-reference/chat/object */
export function completionBody(reply: Reply, usage: unknown) {
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

/** Server-sent events of one streamed answer. */
export interface EventWriter {
  /** The role, and the name of the tool that is called. */
  opening(): string;
  content(piece: Piece): string;
  finish(): string;
  usage(usage: unknown): string;
}

export const DONE = "data: [DONE]\n\n";

/** Hides the length of what is said from those who watch the line: OpenAI adds it unless told not to. */
const OBFUSCATION = "s3Kd9xQv2LmZ7pRb";

/** https://platform.openai.com/docs/api-reference/chat/streaming */
export function eventWriter(reply: Reply): EventWriter {
  const { request, completion } = reply;
  const head = `data: ${openEnvelope(reply)},"choices":`;
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
    usage: (usage) => `${head}[],"usage":${JSON.stringify(usage)}${padding("")}}\n\n`,
  };
}

function openEnvelope(reply: Reply): string {
  const envelope = {
    id: reply.id,
    object: "chat.completion.chunk",
    created: reply.createdSeconds,
    model: reply.model,
    service_tier: reply.request.serviceTier,
    system_fingerprint: fingerprintOf(reply),
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

/** Cuts the answer into so many pieces of about equal length, or into its tokens. */
export function piecesOf(completion: Completion, chunks: number | undefined): Piece[] {
  const { texts } = completion;
  const count = Math.min(chunks ?? texts.length, texts.length);
  const start = (piece: number) => Math.floor((piece * texts.length) / count);
  return Array.from({ length: count }, (_, piece) => {
    const tokens = texts.slice(start(piece), start(piece + 1));
    return { text: tokens.join(""), tokenCount: tokens.length };
  });
}

/** Reasoning models give no fingerprint. */
function fingerprintOf(reply: Reply): string | null {
  const { model } = reply.request;
  if (model.effort !== null) return null;
  return `fp_${seedOf(model.dated).toString(16).padStart(10, "0")}`;
}
