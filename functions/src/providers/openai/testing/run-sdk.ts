import OpenAI, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from "openai";
import type { ChatAnswer, ChatRequest, ProviderFailure, ToolCall } from "../../../calls/port.ts";
import { chatBody } from "../../openai-wire/request-body.ts";
import { realmFetch } from "../../transport/testing/realm-fetch.ts";
import type { Leaving } from "./races.ts";
import type { Outcome } from "./upstream.ts";

type Body = OpenAI.Chat.ChatCompletionCreateParams;

/** What the official SDK makes of a call, in our words. */
export interface SdkRun {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: string | null;
  readonly modelAnswered: string | null;
  readonly rawUsage: unknown;
  /** In the words of the price book; absent where the answer does not say it. */
  readonly serviceTier?: string;
  readonly failureKind: ProviderFailure["kind"] | null;
  readonly httpStatus: number | undefined;
}

const NOTHING: SdkRun = {
  text: "",
  toolCalls: [],
  finishReason: null,
  modelAnswered: null,
  rawUsage: undefined,
  failureKind: null,
  httpStatus: undefined,
};

/** What our client makes of a call, for the same comparison. */
export function outcomeOf(answer: ChatAnswer, failure: ProviderFailure | null): Outcome {
  const { text, finishReason, rawUsage } = answer;
  const failureKind = failure?.kind ?? null;
  return { text, finishReason, rawUsage, failureKind, httpStatus: failure?.httpStatus };
}

/** The tool calls of a stream as the SDK itself puts their pieces together. */
export async function toolCallsBySdk(baseURL: string, request: ChatRequest): Promise<ToolCall[]> {
  const client = sdkClient(baseURL, {});
  const running = client.chat.completions.stream({ ...bodyOf(request), stream: true });
  let calls: ToolCall[] = [];
  running.on("chunk", (_, { choices }) => {
    calls = Object.values(choices[0]?.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function" ? [{ ...call, id: call.id ?? "", function: call.function }] : [],
    );
  });
  await running.done();
  return calls;
}

/** The same body through the official SDK, without its retries unless they are asked for. */
export async function runSdk(
  baseURL: string,
  request: ChatRequest,
  options: SdkOptions = {},
): Promise<SdkRun> {
  const { client = sdkClient(baseURL, options), leaves } = options;
  const caller = new AbortController();
  if (leaves && "afterMs" in leaves) setTimeout(() => caller.abort(), leaves.afterMs);
  const { signal } = caller;
  const body = bodyOf(request);
  let seen = NOTHING;
  try {
    if (body.stream) {
      for await (const chunk of await client.chat.completions.create(body, { signal })) {
        seen = withChunk(seen, chunk);
        if (leaves && "atText" in leaves && seen.text === leaves.atText) caller.abort();
      }
      return seen;
    }
    return fromCompletion(await client.chat.completions.create(body, { signal }));
  } catch (error) {
    return { ...seen, failureKind: kindOf(error), httpStatus: statusOf(error) };
  }
}

interface SdkOptions {
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
  /** One that has connections already. */
  readonly client?: OpenAI;
  readonly leaves?: Leaving;
}

export function sdkClient(
  baseURL: string,
  { timeoutMs = 2_000, maxRetries = 0 }: SdkOptions = {},
): OpenAI {
  return new OpenAI({
    baseURL,
    apiKey: "sk-test",
    maxRetries,
    timeout: timeoutMs,
    logLevel: "off",
    fetch: realmFetch,
  });
}

function bodyOf(request: ChatRequest): Body {
  return JSON.parse(chatBody(request, { fixed: {}, limitField: "max_completion_tokens" }));
}

function withChunk(seen: SdkRun, chunk: OpenAI.Chat.ChatCompletionChunk): SdkRun {
  const choice = chunk.choices[0];
  return {
    ...seen,
    text: seen.text + (choice?.delta.content ?? "") + (choice?.delta.refusal ?? ""),
    toolCalls: (choice?.delta.tool_calls ?? []).reduce(withToolCall, seen.toolCalls),
    finishReason: choice?.finish_reason ?? seen.finishReason,
    modelAnswered: chunk.model,
    rawUsage: chunk.usage ?? seen.rawUsage,
    ...tierOf(chunk.service_tier),
  };
}

function withToolCall(
  calls: readonly ToolCall[],
  piece: OpenAI.Chat.ChatCompletionChunk.Choice.Delta.ToolCall,
): readonly ToolCall[] {
  const known = calls[piece.index];
  const name = piece.function?.name ?? known?.function.name ?? "";
  const args = (known?.function.arguments ?? "") + (piece.function?.arguments ?? "");
  const call: ToolCall = {
    id: piece.id ?? known?.id ?? "",
    type: "function",
    function: { name, arguments: args },
  };
  return known ? calls.with(piece.index, call) : [...calls, call];
}

function fromCompletion(completion: OpenAI.Chat.ChatCompletion): SdkRun {
  const choice = completion.choices[0];
  const calls = choice?.message.tool_calls ?? [];
  return {
    ...NOTHING,
    text: (choice?.message.content ?? "") + (choice?.message.refusal ?? ""),
    toolCalls: calls.filter((call) => call.type === "function"),
    finishReason: choice?.finish_reason ?? null,
    modelAnswered: completion.model,
    rawUsage: completion.usage,
    ...tierOf(completion.service_tier),
  };
}

function tierOf(tier: string | null | undefined): Pick<SdkRun, "serviceTier"> {
  if (!tier) return {};
  return { serviceTier: tier === "default" ? "standard" : tier };
}

function kindOf(error: unknown): ProviderFailure["kind"] {
  if (error instanceof APIUserAbortError) return "aborted";
  if (error instanceof APIConnectionTimeoutError) return "timeout";
  if (error instanceof APIConnectionError) return "unavailable";
  if (!(error instanceof APIError)) return "unavailable";
  if (error.status === 429) return "rate_limited";
  if (error.code === "model_not_found") return "unknown_model";
  return (error.status ?? 500) < 500 ? "rejected" : "unavailable";
}

function statusOf(error: unknown): number | undefined {
  return error instanceof APIError ? error.status : undefined;
}
