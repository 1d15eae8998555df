/** What Tollgate's `chat` is compared with: the same call by the openai SDK, not metered at all. */
import type OpenAI from "openai";
import { fromFunctions } from "../served/from-functions.ts";

interface Call {
  readonly data: { model: string; messages: OpenAI.ChatCompletionMessageParam[] };
  readonly acceptsStreaming: boolean;
}

interface Response {
  sendChunk(chunk: { delta: string }): Promise<boolean>;
}

interface Https {
  onCall(handler: (call: Call, response: Response) => Promise<{ text: string }>): unknown;
}

const { onCall }: Https = fromFunctions("firebase-functions/https");
const { default: Client }: { default: typeof OpenAI } = fromFunctions("openai");
const openai = new Client();

async function plain({ data }: Call): Promise<{ text: string }> {
  const answer = await openai.chat.completions.create(data);
  return { text: answer.choices[0]?.message.content ?? "" };
}

async function streamed({ data }: Call, response: Response): Promise<{ text: string }> {
  let text = "";
  for await (const chunk of await openai.chat.completions.create({ ...data, stream: true })) {
    const delta = chunk.choices[0]?.delta.content;
    if (!delta) continue;
    text += delta;
    void response.sendChunk({ delta });
  }
  return { text };
}

export const chat = onCall((call, response) =>
  call.acceptsStreaming ? streamed(call, response) : plain(call),
);
