import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { SseParser } from "./sse-parser.ts";

const MIB = 1024 * 1024;

function parse(...pieces: readonly (string | Buffer)[]) {
  const events: string[] = [];
  const parser = new SseParser((data, name) =>
    events.push(name === "" ? data : `${name}: ${data}`),
  );
  const isGood = pieces.every((piece) => parser.push(Buffer.from(piece)));
  return { events, isGood };
}

describe("SseParser", () => {
  it.each<[string, string, string[]]>([
    ["an event", "data: one\n\n", ["one"]],
    ["an event without a space", "data:one\n\n", ["one"]],
    ["only the first space as separator", "data:  one \n\n", [" one "]],
    ["CRLF", "data: one\r\n\r\ndata: two\r\n\r\n", ["one", "two"]],
    ["CR", "data: one\r\rdata: two\r\r", ["one", "two"]],
    [
      "line ends of every kind",
      "data: a\rdata: b\r\ndata: c\n\r\r\ndata: d\n\r\n",
      ["a\nb\nc", "d"],
    ],
    ["several data lines as one event", "data: one\ndata: two\n\n", ["one\ntwo"]],
    ["an empty event", "data:\n\n", [""]],
    ["the name of an event", "event: error\ndata: one\n\ndata: two\n\n", ["error: one", "two"]],
    [
      "comments and other fields, skipped",
      ": ping\n\nid: 7\nretry: 10\ndata: one\n: x\n\n",
      ["one"],
    ],
    ["blank lines, skipped", "\n\n\ndata: one\n\n\n\n", ["one"]],
    ["a byte order mark, skipped", "\uFEFFdata: one\n\n", ["one"]],
    ["nothing of an event that is cut off", "data: one\n\ndata: tw", ["one"]],
    ["nothing of an event without its blank line", "data: one\n", []],
  ])("reads %s", (_, text, events) => {
    expect(parse(text)).toEqual({ events, isGood: true });
  });

  it("gives the same events however the bytes are cut", () => {
    const text =
      'event: x\r\ndata: Grüß 👋 漢字\r\n\r\n: c\rdata: {"a":1}\ndata: é\n\ndata: \r\r\ndata: [DONE]\r\r';
    const bytes = Buffer.from(text);
    const { events } = parse(bytes);
    expect(events).toEqual(["x: Grüß 👋 漢字", '{"a":1}\né', "", "[DONE]"]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: bytes.length })), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = ends.map((end, place) => bytes.subarray(ends[place - 1] ?? 0, end));
        expect(parse(...pieces).events).toEqual(events);
      }),
    );
  });

  it("ends an event at its CR, without waiting for a line feed after it", () => {
    expect(parse("data: one\r", "\r").events).toEqual(["one"]);
    expect(parse("data: one\r", "\n", "data: two\r\n\r").events).toEqual(["one\ntwo"]);
  });

  it("takes a line of 1 MiB and refuses a longer one, finished or not", () => {
    const line = `data: ${"x".repeat(MIB - 6)}`;
    expect(parse(`${line}\n\n`).isGood).toBe(true);
    expect(parse(`${line}xx\n\n`).isGood).toBe(false);
    expect(parse(line, "xx").isGood).toBe(false);
  });

  it("refuses an event of many lines that is longer than 1 MiB", () => {
    const lines = "data: 0123456789\n".repeat(MIB / 10);
    expect(parse(lines).isGood).toBe(false);
  });
});
