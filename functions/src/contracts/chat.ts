import { z } from "zod";
import { claimedFields } from "./attribution.ts";
import {
  MAX_MESSAGES,
  MAX_OUTPUT_TOKENS,
  MAX_STOP_CHARACTERS,
  MAX_STOPS,
  MAX_TEXT_BYTES,
  MAX_TOOLS,
} from "./bounds.ts";
import { jsonBytes } from "./free-form.ts";
import { message, messageBytes } from "./messages.ts";
import type { BudgetState, CostResult, UsageResult } from "./results.ts";
import { id } from "./text.ts";
import { responseFormat, tool, toolChoice } from "./tools.ts";

/** Sent as it stands: a control character such as a line break is a usual place to stop. */
const stop = z.string().min(1).max(MAX_STOP_CHARACTERS);

interface Texts {
  readonly messages: readonly z.output<typeof message>[];
  readonly tools?: unknown;
  readonly responseFormat?: unknown;
}

/** UTF-8 bytes of all that becomes input tokens. */
function textBytes({ messages, tools, responseFormat }: Texts): number {
  const said = messages.reduce((bytes, each) => bytes + messageBytes(each), 0);
  return said + jsonBytes(tools) + jsonBytes(responseFormat);
}

/** `chat` and `estimateCost`. What is not listed (`n`, `logprobs`, `stream` ...) is refused by strictness. */
export const chatRequest = z
  .strictObject({
    model: id,
    messages: z.array(message).min(1).max(MAX_MESSAGES),
    requestId: id.optional(),
    temperature: z.number().min(0).max(2).optional(),
    topP: z.number().min(0).max(1).optional(),
    maxOutputTokens: z.int().min(1).max(MAX_OUTPUT_TOKENS).optional(),
    stop: z
      .union([stop, z.array(stop).min(1).max(MAX_STOPS)], {
        error: "must be a string or a list of strings",
      })
      .optional(),
    seed: z.int().optional(),
    reasoningEffort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).optional(),
    tools: z.array(tool).min(1).max(MAX_TOOLS).optional(),
    toolChoice: toolChoice.optional(),
    responseFormat: responseFormat.optional(),
    fitToBudget: z.boolean().optional(),
    ...claimedFields,
  })
  .refine((request) => textBytes(request) <= MAX_TEXT_BYTES, {
    path: ["messages"],
    error: `must hold at most ${MAX_TEXT_BYTES} bytes of text, tools and response format included`,
  });

export type ChatRequest = z.output<typeof chatRequest>;

/** A piece of a tool call, as the provider cut it; pieces of one index are joined. */
export interface ToolCallChunk {
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  readonly arguments?: string;
}

/** What a streaming caller receives, any number of times, before the result. */
export interface ChatChunk {
  readonly delta?: string;
  readonly toolCalls?: readonly ToolCallChunk[];
}

export interface ToolCallResult {
  readonly id: string;
  readonly type: "function";
  /** `arguments` is JSON as the model wrote it: not checked. */
  readonly function: { readonly name: string; readonly arguments: string };
}

/**
 * The whole answer, settled: its entry is in the ledger.
 * Errors: UNKNOWN_MODEL, UNPRICED_MODEL, BUDGET_EXCEEDED, DUPLICATE_REQUEST, PROVIDER_*, STORE_UNAVAILABLE.
 */
export interface ChatResponse {
  readonly requestId: string;
  readonly entryId: string;
  readonly text: string;
  readonly toolCalls?: readonly ToolCallResult[];
  /** Name in the price book, "openai/gpt-4o-mini". */
  readonly model: string;
  /** "stop", "length", "tool_calls" ...; null when the provider did not say. */
  readonly finishReason: string | null;
  readonly usage: UsageResult;
  readonly cost: CostResult;
  /** The budgets that the call counts against; spent and held as known at its admission or later. */
  readonly budgets: readonly BudgetState[];
}
