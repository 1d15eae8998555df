import type { Usage } from "../core/tokens.ts";

/** A message in OpenAI's shape, as validated by the contract. */
export interface ChatMessage {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  readonly content?: string | readonly { readonly type: "text"; readonly text: string }[] | null;
  readonly name?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
}

export interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface ToolDefinition {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly strict?: boolean;
  };
}

/** What is sent to a provider for a chat call. */
export interface ChatRequest {
  /** The provider's own name of the model, without the provider. */
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: string | readonly string[];
  readonly seed?: number;
  readonly reasoningEffort?: string;
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?:
    | string
    | { readonly type: "function"; readonly function: { readonly name: string } };
  readonly responseFormat?: Readonly<Record<string, unknown>>;
}

export interface EmbeddingRequest {
  readonly model: string;
  readonly input: readonly string[];
  readonly dimensions?: number;
}

/** A piece of a streamed tool call, as the provider cut it. */
export interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  readonly arguments?: string;
}

/** What has come from the provider by the end of a call, whole or broken off. */
export interface ChatAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** null while the provider has not said it. */
  readonly finishReason: string | null;
  readonly modelAnswered: string | null;
  readonly providerRequestId: string | null;
  /** The provider's own usage object as received; undefined when it never came. */
  readonly rawUsage: unknown;
  /** Whether that is only a beginning: it counts the input, and the output so far. */
  readonly isUsagePartial?: boolean;
  /** In which the provider says that it served the call: "standard", a tier of the price book, or another. */
  readonly serviceTier?: string | undefined;
}

export interface EmbeddingAnswer {
  readonly embeddings: readonly (readonly number[])[];
  readonly modelAnswered: string | null;
  readonly providerRequestId: string | null;
  readonly rawUsage: unknown;
}

/** Why a call has no complete answer. */
export interface ProviderFailure {
  /**
   * rejected: the provider refused the request (4xx); rate_limited: 429; timeout: our limit or the provider's;
   * unavailable: no connection, reset, 5xx, an answer that cannot be read; aborted: we left.
   */
  readonly kind:
    | "rejected"
    | "unknown_model"
    | "rate_limited"
    | "timeout"
    | "unavailable"
    | "aborted";
  /** Whether the provider may bill for it: false for 4xx, 429, 5xx and a request that was never sent. */
  readonly maybeBilled: boolean;
  /** Whether the request was handed to a connection, which takes it whole; "nothing": no byte of it has left. */
  readonly sent: "nothing" | "whole";
  /**
   * Whether the same request may be made again: "at_once" when the connection failed or broke before a byte of an
   * answer, "later" for 408, 429 and 5xx. Absent: never, for it would fail alike or something has come of it.
   */
  readonly repeat?: "at_once" | "later";
  /** A sentence of ours or the provider's message, without content and keys, at most 300 characters. */
  readonly message: string;
  readonly httpStatus?: number;
  /** How long the provider asks to wait. */
  readonly retryAfterMs?: number;
  readonly providerRequestId?: string;
}

/** Receives a call's events: `onDelta` any number of times, then exactly one of `onDone` and `onError`. */
export interface ChatSink {
  onDelta(text: string): void;
  onToolCallDelta(deltas: readonly ToolCallDelta[]): void;
  onDone(answer: ChatAnswer): void;
  /** `partial` holds what had come before the failure. */
  onError(failure: ProviderFailure, partial: ChatAnswer): void;
}

export interface EmbeddingSink {
  onDone(answer: EmbeddingAnswer): void;
  onError(failure: ProviderFailure): void;
}

/** A call under way. All three do nothing once it is over. */
export interface RunningCall {
  /** Closes the connection; `onError` follows with kind "aborted". */
  abort(): void;
  /** Stops reading, so that the provider has to wait. */
  pause(): void;
  resume(): void;
}

/** A field of a request, by its path, and what is wrong with it. */
export interface Unsupported {
  readonly field: string;
  readonly problem: string;
}

/** A provider of models. Callback-shaped, for a promise per chunk is what makes streams slow. */
export interface Provider {
  /** "openai" */
  readonly name: string;
  chat(request: ChatRequest, sink: ChatSink): RunningCall;
  /** Absent where the provider has no embeddings. */
  embed?(request: EmbeddingRequest, sink: EmbeddingSink): RunningCall;
  /** The price book's name of a model that goes by another here, such as a deployment; absent where all names are one. */
  bookName?(name: string): string;
  /** The first field of a chat that this provider cannot do, if any; absent where it can do all. */
  unsupported?(request: Omit<ChatRequest, "model">): Unsupported | undefined;
  /**
   * The provider's usage object in disjoint classes.
   * Impossible usage gives `status: "estimated"` with the reason and whatever may be believed (possibly nothing).
   */
  convertUsage(rawUsage: unknown): Usage;
  /** What the provider says that a call cost, nanoUSD; null when it does not. Absent where it never does. */
  reportedCost?(rawUsage: unknown): number | null;
}

/** What a provider reported of a call, as far as a bill needs it. */
export interface ReportedUsage {
  readonly usage: Usage;
  /** The usage object itself, without what it may have been wrapped in. */
  readonly rawUsage: unknown;
  /** "standard", a tier of the price book, or one that the book does not know. */
  readonly serviceTier: string;
  /** What the provider says that the call cost; null when it says nothing. */
  readonly costNanoUsd: number | null;
}

/** Reads the usage object of a provider, in every shape that it documents. Never throws. */
export type UsageConverter = (rawUsage: unknown) => ReportedUsage;

/** Counts tokens the way a model does; stated upper bounds where its tokenizer is not known. */
export interface TokenCounter {
  /** In the order of the texts. */
  countTexts(model: string, texts: readonly string[]): Promise<readonly number[]>;
  /** Whether the model has a tokenizer of another maker, who does not say what frames messages and tools. */
  isForeign(model: string): boolean;
}
