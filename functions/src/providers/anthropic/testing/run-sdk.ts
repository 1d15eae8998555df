import Anthropic, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  NotFoundError,
} from "@anthropic-ai/sdk";
import type { ChatRequest, ProviderFailure, ToolCall } from "../../../calls/port.ts";
import { realmFetch } from "../../transport/testing/realm-fetch.ts";
import { messagesBody } from "../messages-body.ts";

type Body = Anthropic.MessageCreateParams;

/** What the official SDK makes of a call; the stop reason stays in Anthropic's words. */
export interface SdkRun {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly stopReason: string | null;
  readonly modelAnswered: string | null;
  readonly usage: Partial<Anthropic.Usage>;
  readonly failureKind: ProviderFailure["kind"] | null;
  readonly httpStatus: number | undefined;
}

const NOTHING: SdkRun = {
  text: "",
  toolCalls: [],
  stopReason: null,
  modelAnswered: null,
  usage: {},
  failureKind: null,
  httpStatus: undefined,
};

/** The same body through the official SDK, without its retries. */
export async function runMessagesSdk(
  baseURL: string,
  request: ChatRequest,
  timeoutMs = 2_000,
): Promise<SdkRun> {
  const client = new Anthropic({
    baseURL,
    apiKey: "sk-test",
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: "off",
    fetch: realmFetch,
  });
  const body: Body = JSON.parse(messagesBody(request, 1_000));
  let seen: Partial<SdkRun> = {};
  try {
    if (!body.stream) return fromMessage(await client.messages.create(body));
    const stream = client.messages.stream(body).on("streamEvent", (_, soFar) => {
      seen = fromMessage(soFar);
    });
    return fromMessage(await stream.finalMessage());
  } catch (error) {
    const { text = "", stopReason = null } = seen;
    const partial = { ...NOTHING, text, stopReason };
    return { ...partial, failureKind: kindOf(error), httpStatus: statusOf(error) };
  }
}

function fromMessage({ content, stop_reason, model, usage }: Anthropic.Message): SdkRun {
  const texts = content.map((block) => (block.type === "text" ? block.text : ""));
  const uses = content.filter((block) => block.type === "tool_use");
  return {
    ...NOTHING,
    text: texts.join(""),
    toolCalls: uses.map(({ id, name, input }) => ({
      id,
      type: "function",
      function: { name, arguments: JSON.stringify(input) },
    })),
    stopReason: stop_reason,
    modelAnswered: model,
    usage,
  };
}

function kindOf(error: unknown): ProviderFailure["kind"] {
  if (error instanceof APIConnectionTimeoutError) return "timeout";
  if (error instanceof APIConnectionError) return "unavailable";
  if (error instanceof NotFoundError) return "unknown_model";
  if (!(error instanceof APIError)) return "unavailable";
  if (error.status === 429) return "rate_limited";
  return (error.status ?? 500) < 500 ? "rejected" : "unavailable";
}

function statusOf(error: unknown): number | undefined {
  return error instanceof APIError ? error.status : undefined;
}
