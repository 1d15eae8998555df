/** Bytes that do not make a whole message yet. */
export interface Frames {
  rest: Buffer;
}

/** One byte for compression, four for the length: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
const HEAD_BYTES = 5;

/** The messages that are whole with these bytes. */
export function messagesIn(frames: Frames, bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  let rest = Buffer.concat([frames.rest, bytes]);
  while (rest.length >= HEAD_BYTES) {
    const end = HEAD_BYTES + rest.readUInt32BE(1);
    if (rest.length < end) break;
    messages.push(rest.subarray(HEAD_BYTES, end));
    rest = rest.subarray(end);
  }
  frames.rest = rest;
  return messages;
}
