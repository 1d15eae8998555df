import type { Call } from "./define-callable.ts";

/**
 * Sends the pieces of a stream in the SDK's own format; undefined when the caller does not stream. The SDK's
 * `sendChunk` makes a promise per piece, which costs a tenth of a stream's CPU, and which rejects, with nobody to
 * hear it, for each piece that is still unsent when the client goes. That a client has gone is told by the signal.
 */
export function chunkSender<Chunk>({
  request,
  response,
}: Pick<Call<unknown, Chunk>, "request" | "response">): ((chunk: Chunk) => void) | undefined {
  const outgoing = request.rawRequest.res;
  if (!request.acceptsStreaming || !response || !outgoing) return undefined;
  return (chunk) => {
    if (!response.signal.aborted) outgoing.write(`data: ${JSON.stringify({ message: chunk })}\n\n`);
  };
}
