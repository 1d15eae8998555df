import { z } from "zod";
import { MAX_TEXT_PARTS, MAX_TOOL_CALLS, MAX_TOOL_NAME_CHARACTERS } from "./bounds.ts";
import { shortText, content as text } from "./text.ts";

/** Only text has a cost that can be bounded before the call. */
const textPart = z.strictObject({
  type: z.literal("text", { error: onlyText }),
  text,
});

const content = z.union([text, z.array(textPart).min(1).max(MAX_TEXT_PARTS)], {
  error: ({ input }) =>
    input === undefined ? "is required" : "must be a string or a list of text parts",
});

const name = shortText(MAX_TOOL_NAME_CHARACTERS).optional();

const toolCall = z.strictObject({
  id: shortText(MAX_TOOL_NAME_CHARACTERS),
  type: z.literal("function"),
  function: z.strictObject({ name: shortText(MAX_TOOL_NAME_CHARACTERS), arguments: text }),
});

const spoken = z.strictObject({ role: z.enum(["system", "developer", "user"]), content, name });

const answered = z
  .strictObject({
    role: z.literal("assistant"),
    content: content.nullish(),
    name,
    tool_calls: z.array(toolCall).min(1).max(MAX_TOOL_CALLS).optional(),
  })
  .refine((message) => (message.content ?? message.tool_calls) !== undefined, {
    path: ["content"],
    error: "is required without tool_calls",
  });

const toolResult = z.strictObject({
  role: z.literal("tool"),
  content,
  tool_call_id: shortText(MAX_TOOL_NAME_CHARACTERS),
});

/** A message in OpenAI's shape. */
export const message = z.discriminatedUnion("role", [spoken, answered, toolResult], {
  error: ({ code, input }) => {
    if (code !== "invalid_union") return undefined;
    const role = (input as { role?: unknown }).role;
    return role === undefined
      ? "is required"
      : "must be system, developer, user, assistant or tool";
  },
});

type Message = z.output<typeof message>;

/** UTF-8 bytes of what a message says, names and tool calls included. */
export function messageBytes(message: Message): number {
  let bytes = contentBytes(message.content);
  if ("name" in message) bytes += Buffer.byteLength(message.name ?? "");
  if (!("tool_calls" in message)) return bytes;
  for (const call of message.tool_calls ?? []) {
    bytes += Buffer.byteLength(call.function.name) + Buffer.byteLength(call.function.arguments);
  }
  return bytes;
}

function contentBytes(content: Message["content"]): number {
  if (content === undefined || content === null) return 0;
  if (typeof content === "string") return Buffer.byteLength(content);
  return content.reduce((bytes, part) => bytes + Buffer.byteLength(part.text), 0);
}

function onlyText({ input }: { readonly input?: unknown }): string {
  return input === undefined
    ? "is required"
    : 'must be "text": the cost of images, audio and files cannot be bounded';
}
