import type { Call } from "./define-callable.ts";

/** What may be on its way to a client that reads slowly, or not at all, before the provider has to wait. */
const MOST_UNSENT_BYTES = 1024 * 1024;

export interface ChunkSender<Chunk> {
  send(chunk: Chunk): void;
  /** Whether the client takes less than it is sent; `onceDrained` then hears once when it has everything. */
  isFull(): boolean;
  onceDrained(goOn: () => void): void;
}

/**
 * Sends the pieces of a stream in the SDK's own format; undefined when the caller does not stream. The SDK's
 * `sendChunk` makes a promise per piece, which costs a tenth of a stream's CPU, and which rejects, with nobody to
 * hear it, for each piece that is still unsent when the client goes. That a client has gone is told by the signal.
 */
export function chunkSender<Chunk>({
  request,
  response,
}: Pick<Call<unknown, Chunk>, "request" | "response">): ChunkSender<Chunk> | undefined {
  const outgoing = request.rawRequest.res;
  if (!request.acceptsStreaming || !response || !outgoing) return undefined;
  return {
    send(chunk) {
      if (response.signal.aborted) return;
      outgoing.write(`data: ${JSON.stringify({ message: chunk })}\n\n`);
    },
    isFull: () => outgoing.writableLength > MOST_UNSENT_BYTES,
    onceDrained: (goOn) => outgoing.once("drain", goOn),
  };
}
