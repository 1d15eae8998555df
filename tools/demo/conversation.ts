import type { ChatChunk, ChatResponse } from "../../functions/src/contracts/chat.ts";
import type { EmbedResponse } from "../../functions/src/contracts/embed.ts";
import type { FrontEnd } from "./front-end.ts";
import { type Message, messagesOf, mustFail } from "./plan.ts";
import type { Conversation, EmbeddingJob } from "./samples/samples.ts";

/** How one call ended; a failure is a result like another. */
export interface Outcome {
  readonly user: string;
  readonly sessionId: string;
  readonly model: string;
  /** `details.reason` of the error, or its code; null when the call was answered. */
  readonly failure: string | null;
  /** Whether the sample asks the simulated model to fail it. */
  readonly mustFail: boolean;
}

/** Sends the turns one after the other, each with all that was said before it. */
export async function hold(
  frontEnd: FrontEnd,
  conversation: Conversation,
  onOutcome: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
  const { user, sessionId, model } = conversation;
  let history: Message[] = [];
  for (const turn of conversation.turns) {
    if (signal.aborted) return;
    const messages = [...history, ...messagesOf(turn, conversation.sim)];
    const answer = await attempt(() => say(frontEnd, conversation, messages));
    if (answer.value) history = [...messages, { role: "assistant", content: answer.value.text }];
    const { failure } = answer;
    onOutcome({ user, sessionId, model, failure, mustFail: mustFail(conversation) });
  }
}

/** One call of a conversation, streamed if that is how it is had. */
export function say(
  frontEnd: FrontEnd,
  conversation: Conversation,
  messages: readonly Message[],
  onDelta: (text: string) => void = () => undefined,
): Promise<ChatResponse> {
  const { model, sessionId, agent, phase, tags, tools, maxOutputTokens, stream } = conversation;
  const request = {
    model,
    messages,
    sessionId,
    agent,
    ...(phase !== undefined && { phase }),
    ...(tags && { metadata: tags }),
    ...(tools && { tools }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  };
  if (!stream) return frontEnd.call("chat", request);
  return frontEnd.stream("chat", request, ({ delta }: ChatChunk) => onDelta(delta ?? ""));
}

export async function embedTexts(frontEnd: FrontEnd, job: EmbeddingJob): Promise<Outcome> {
  const { user, ...request } = job;
  const { failure } = await attempt(() => frontEnd.call<EmbedResponse>("embed", request));
  return { user, sessionId: job.sessionId, model: job.model, failure, mustFail: false };
}

type Attempt<T> =
  | { readonly value: T; readonly failure: null }
  | { readonly value: undefined; readonly failure: string };

async function attempt<T>(call: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await call(), failure: null };
  } catch (error) {
    return { value: undefined, failure: reasonOf(error) };
  }
}

/** "PROVIDER_UNAVAILABLE", or the SDK's own code where Tollgate gave no reason. */
export function reasonOf(error: unknown): string {
  const { details, code, message } = error as {
    details?: { reason?: unknown } | null;
    code?: unknown;
    message?: unknown;
  };
  return String(details?.reason ?? code ?? message);
}
