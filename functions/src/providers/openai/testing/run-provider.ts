import type {
  ChatAnswer,
  ChatRequest,
  EmbeddingAnswer,
  EmbeddingRequest,
  Provider,
  ProviderFailure,
  RunningCall,
  ToolCallDelta,
} from "../../../calls/port.ts";

export interface ChatRun {
  readonly deltas: readonly string[];
  readonly toolCallDeltas: readonly ToolCallDelta[];
  /** The answer, or what had come of it before the failure. */
  readonly answer: ChatAnswer;
  readonly failure: ProviderFailure | null;
  /** Each event by name, those after the end included. */
  readonly events: readonly string[];
}

export interface RunOptions {
  /** Called at each delta, with what steers the call. */
  readonly onDelta?: (text: string, call: RunningCall) => void;
  readonly onBegun?: (call: RunningCall) => void;
}

/** Runs a chat to its end and tells all that the sink was told. */
export function runChat(
  provider: Provider,
  request: ChatRequest,
  { onDelta, onBegun }: RunOptions = {},
): Promise<ChatRun> {
  return new Promise((resolve) => {
    const deltas: string[] = [];
    const toolCallDeltas: ToolCallDelta[] = [];
    const events: string[] = [];
    const end = (event: string, answer: ChatAnswer, failure: ProviderFailure | null) => {
      events.push(event);
      resolve({ deltas, toolCallDeltas, answer, failure, events });
    };
    const call = provider.chat(request, {
      onDelta(text) {
        events.push("delta");
        deltas.push(text);
        onDelta?.(text, call);
      },
      onToolCallDelta(pieces) {
        events.push("toolCallDelta");
        toolCallDeltas.push(...pieces);
      },
      onDone: (answer) => end("done", answer, null),
      onError: (failure, partial) => end("error", partial, failure),
    });
    onBegun?.(call);
  });
}

export interface EmbeddingRun {
  readonly answer: EmbeddingAnswer | null;
  readonly failure: ProviderFailure | null;
}

export function runEmbedding(provider: Provider, request: EmbeddingRequest): Promise<EmbeddingRun> {
  return new Promise((resolve) => {
    if (!provider.embed) throw new Error(`${provider.name} has no embeddings`);
    provider.embed(request, {
      onDone: (answer) => resolve({ answer, failure: null }),
      onError: (failure) => resolve({ answer: null, failure }),
    });
  });
}
