import { describe, expect, it } from "@jest/globals";
import { runChat } from "./testing/run-provider.ts";
import { toolCallsBySdk } from "./testing/run-sdk.ts";
import { STREAMED, stream, useScriptedProvider } from "./testing/scripted-provider.ts";

const scripted = useScriptedProvider();

/** A piece as [index, id, name, arguments]; null: the field is not there. */
type Piece = readonly [number, string | null, string | null, string];

function toolChunk([index, id, name, args]: Piece): object {
  const fn = { ...(name === null ? {} : { name }), arguments: args };
  const begins = { ...(id === null ? {} : { id }), type: "function" };
  const tool_calls = [{ index, ...begins, function: fn }];
  return { id: "c", model: "m", choices: [{ index: 0, delta: { role: "assistant", tool_calls } }] };
}

describe("pieces of tool calls are put together as the official SDK does", () => {
  it.each<[string, Piece[]]>([
    [
      "by their index, whatever their order",
      [
        [1, "b", "g", ""],
        [0, "a", "f", '{"x"'],
        [1, null, null, "{}"],
        [0, null, null, ":1}"],
      ],
    ],
    [
      "with another id at the same index",
      [
        [0, "a", "f", "{}"],
        [0, "b", "g", "[]"],
      ],
    ],
    [
      "with no id at the same index",
      [
        [0, null, "f", "{}"],
        [0, null, "g", "[]"],
      ],
    ],
    [
      "with an empty id and name after the first piece",
      [
        [0, "a", "f", "{"],
        [0, "", "", "}"],
      ],
    ],
    [
      "with id and name in every piece",
      [
        [0, "a", "f", "{"],
        [0, "a", "f", "}"],
      ],
    ],
  ])("%s", async (_, pieces) => {
    const finish = { id: "c", choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] };
    scripted.script(...stream(...pieces.map(toolChunk), finish, "[DONE]"));
    const { answer, toolCallDeltas } = await runChat(scripted.provider(), STREAMED);
    expect(answer.toolCalls).toEqual(await toolCallsBySdk(scripted.baseUrl(), STREAMED));
    expect(toolCallDeltas.map(({ index }) => index)).toEqual(pieces.map(([index]) => index));
  });
});
