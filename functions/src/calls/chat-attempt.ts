import type { CallEvents } from "./attempts.ts";
import type { OpenCall } from "./open-call.ts";
import type { ChatAnswer, ChatRequest, RunningCall, ToolCallDelta } from "./port.ts";

/** Takes the pieces of an answer as they come. */
export interface ChatListener {
  onDelta(text: string): void;
  onToolCallDelta(deltas: readonly ToolCallDelta[]): void;
  /** Whether so much is on its way to the caller that the provider has to wait. */
  isFull(): boolean;
  /** Hears once when all of that has gone. */
  onceDrained(goOn: () => void): void;
  /** Says that nobody listens any more. */
  readonly signal: AbortSignal;
}

/** One call of the provider, whose pieces go on at the pace at which the caller takes them. */
export function startChat(
  { model }: OpenCall,
  request: Omit<ChatRequest, "model">,
  listener: ChatListener,
  events: CallEvents<ChatAnswer>,
): RunningCall {
  let isPaused = false;
  const keepPace = () => {
    if (isPaused || !listener.isFull() || listener.signal.aborted) return;
    isPaused = true;
    running.pause();
    listener.onceDrained(() => {
      isPaused = false;
      running.resume();
    });
  };
  const running = model.provider.chat(
    { ...request, model: model.name },
    {
      onDelta(text) {
        events.sawChunk();
        listener.onDelta(text);
        keepPace();
      },
      onToolCallDelta(deltas) {
        events.sawChunk();
        listener.onToolCallDelta(deltas);
        keepPace();
      },
      onDone: (answer) => events.end(answer),
      onError: (failure, partial) => events.end(partial, failure),
    },
  );
  return running;
}
