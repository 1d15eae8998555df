import { expect, it } from "@jest/globals";
import { type Frames, messagesIn } from "../../bench/served/grpc-frames.ts";

const framed = (text: string) => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, Buffer.from(text)]);
};

it("gives messages when they are whole, wherever the bytes were cut", () => {
  const bytes = Buffer.concat([framed("one"), framed(""), framed("three")]);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const frames: Frames = { rest: Buffer.alloc(0) };
    const parts = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const texts = parts.flatMap((part) => messagesIn(frames, part)).map(String);
    expect(texts).toEqual(["one", "", "three"]);
  }
});
