import { answerObject, answerTokens, exactAnswerTokens } from "./answers.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { Directives } from "./directives.ts";
import { between, type Random, randomFrom, seedOf } from "./hash.ts";
import { lastUserText, toolsHaveAnswered } from "./messages.ts";
import type { Effort } from "./models.ts";
import { sampleValue } from "./schema-values.ts";
import { countTokens, tokenTexts } from "./tokens.ts";
import { findTool, type Tool } from "./tools.ts";
import type { Piece } from "./wire.ts";

export type FinishReason = "stop" | "length" | "tool_calls";

/** What the model produces for a request: the same for the same messages, plain or streamed. */
export interface Completion {
  /** The tool that is called, or null when the model talks. */
  readonly toolName: string | null;
  /** What is said, or the arguments of the call: one string per token. */
  readonly texts: readonly string[];
  readonly finishReason: FinishReason;
  readonly toolNameTokens: number;
  readonly reasoningTokens: number;
  readonly audioTokens: number;
}

/** Reasoning is billed in steps of 64 tokens; how many of them an effort takes, at least and at most. */
const REASONING_STEP = 64;
const REASONING_STEPS: Readonly<Record<Effort, readonly [number, number]>> = {
  none: [0, 0],
  minimal: [0, 0],
  low: [0, 2],
  medium: [1, 7],
  high: [8, 24],
  xhigh: [16, 48],
};

/**
 * Lets the model think, speak and talk, in this order, until it has nothing more to say or has
 * used up the output limit, of which thinking takes its part as well:
 * https://platform.openai.com/docs/guides/reasoning#managing-the-context-window
 */
export function complete(request: ChatRequest, directives: Directives): Completion {
  const seed = seedOf(JSON.stringify(request.messages));
  const tool = calledTool(request, directives);
  const limit = request.maxTokens ?? Number.POSITIVE_INFINITY;
  const reasoningTokens = Math.min(reasoningFor(request, directives, seed), limit);
  const audioTokens = Math.min(directives.audioOut ?? 0, limit - reasoningTokens);
  const nameTokens = tool === null ? 0 : countTokens(request.model.encoding, tool.name);
  const toolNameTokens = Math.min(nameTokens, limit - reasoningTokens - audioTokens);
  const room = limit - reasoningTokens - audioTokens - toolNameTokens;
  const texts = untilStop(request, tool, draft(request, directives, tool, randomFrom(seed)));
  return {
    toolName: tool?.name ?? null,
    texts: texts.slice(0, room),
    finishReason: texts.length > room ? "length" : tool === null ? "stop" : "tool_calls",
    toolNameTokens,
    reasoningTokens,
    audioTokens,
  };
}

function calledTool(request: ChatRequest, directives: Directives): Tool | null {
  const { tools, toolChoice, messages } = request;
  if (toolChoice.mode === "none") return null;
  if (toolChoice.mode === "named") return findTool(tools, toolChoice.name);
  if (directives.tool !== undefined && !toolsHaveAnswered(messages)) {
    return findTool(tools, directives.tool);
  }
  return toolChoice.mode === "required" ? (tools[0] ?? null) : null;
}

function reasoningFor(request: ChatRequest, directives: Directives, seed: number): number {
  if (directives.reasoning !== undefined) return directives.reasoning;
  if (request.effort === null) return 0;
  return between(randomFrom(seed + 1), ...REASONING_STEPS[request.effort]) * REASONING_STEP;
}

/** All that the model would say if nothing stopped it. */
function draft(
  request: ChatRequest,
  directives: Directives,
  tool: Tool | null,
  random: Random,
): readonly string[] {
  const { encoding } = request.model;
  const json = tool === null ? jsonAnswer(request, random) : sampleValue(tool.parameters, random);
  if (json !== undefined) return tokenTexts(encoding, JSON.stringify(json));
  const question = lastUserText(request.messages);
  const { tokens, chunks = 0 } = directives;
  if (tokens !== undefined) return exactAnswerTokens(encoding, question, random, tokens);
  const answer = answerTokens(encoding, question, random);
  return answer.length >= chunks ? answer : exactAnswerTokens(encoding, question, random, chunks);
}

function jsonAnswer(request: ChatRequest, random: Random): unknown {
  const { responseFormat } = request;
  if (responseFormat.type === "json_schema") return sampleValue(responseFormat.schema, random);
  return responseFormat.type === "json_object" ? answerObject(random) : undefined;
}

/** Ends the answer before the first of the stop sequences. */
function untilStop(
  request: ChatRequest,
  tool: Tool | null,
  texts: readonly string[],
): readonly string[] {
  if (request.stop.length === 0 || tool !== null) return texts;
  const whole = texts.join("");
  const ends = request.stop.map((stop) => whole.indexOf(stop)).filter((at) => at >= 0);
  return ends.length === 0
    ? texts
    : tokenTexts(request.model.encoding, whole.slice(0, Math.min(...ends)));
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
