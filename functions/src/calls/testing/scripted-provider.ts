import type { TokenClasses, Usage } from "../../core/tokens.ts";
import type {
  ChatAnswer,
  ChatRequest,
  ChatSink,
  EmbeddingRequest,
  EmbeddingSink,
  Provider,
  ProviderFailure,
  RunningCall,
} from "../port.ts";

/** One call that the provider got; the test says what becomes of it. */
export interface ChatScript {
  readonly request: ChatRequest;
  readonly sink: ChatSink;
  /** What the provider was told, in order. */
  readonly told: ("abort" | "pause" | "resume")[];
}

export interface EmbeddingScript {
  readonly request: EmbeddingRequest;
  readonly sink: EmbeddingSink;
  readonly told: ("abort" | "pause" | "resume")[];
}

export const ABORTED: ProviderFailure = {
  kind: "aborted",
  maybeBilled: true,
  sent: "whole",
  message: "We left.",
};

/** The connection broke before a byte of an answer. */
export const BROKEN: ProviderFailure = {
  kind: "unavailable",
  maybeBilled: true,
  sent: "whole",
  repeat: "at_once",
  message: "Broken.",
};

export const REFUSED_CONNECTION: ProviderFailure = {
  ...BROKEN,
  maybeBilled: false,
  sent: "nothing",
};

export const RATE_LIMITED: ProviderFailure = {
  kind: "rate_limited",
  maybeBilled: false,
  sent: "whole",
  repeat: "later",
  message: "Slower.",
  httpStatus: 429,
};

/** What has come of a call that failed before its answer. */
export const NOTHING_CAME: ChatAnswer = {
  text: "",
  toolCalls: [],
  finishReason: null,
  modelAnswered: null,
  providerRequestId: null,
  rawUsage: undefined,
};

/** What had come of an answer: its text so far, and the usage if it came. */
export function answer(text: string, more: Partial<ChatAnswer> = {}): ChatAnswer {
  return {
    text,
    toolCalls: [],
    finishReason: "stop",
    modelAnswered: "gpt-4o-mini-2024-07-18",
    providerRequestId: "req_1",
    rawUsage: { input: 1_000, output: 500 },
    ...more,
  };
}

function steering(told: ChatScript["told"]): RunningCall {
  return {
    abort: () => told.push("abort"),
    pause: () => told.push("pause"),
    resume: () => told.push("resume"),
  };
}

/** A provider that waits for the test; its usage objects are the classes themselves. */
export class ScriptedProvider implements Provider {
  readonly name = "openai";
  readonly chats: ChatScript[] = [];
  readonly embeddings: EmbeddingScript[] = [];
  onCall: () => void = () => {};
  bookName: NonNullable<Provider["bookName"]> = (name) => name;
  unsupported: NonNullable<Provider["unsupported"]> = () => undefined;

  chat(request: ChatRequest, sink: ChatSink) {
    const script: ChatScript = { request, sink, told: [] };
    this.chats.push(script);
    this.onCall();
    return steering(script.told);
  }

  embed(request: EmbeddingRequest, sink: EmbeddingSink) {
    const script: EmbeddingScript = { request, sink, told: [] };
    this.embeddings.push(script);
    this.onCall();
    return steering(script.told);
  }

  convertUsage(rawUsage: unknown): Usage {
    const classes = rawUsage as TokenClasses;
    const isPossible = Object.values(classes).every((count) => count >= 0);
    return isPossible
      ? { classes, status: "exact" }
      : { classes: {}, status: "estimated", estimatedBecause: "usage_negative" };
  }
}
