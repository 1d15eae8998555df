import type { ServerResponse } from "node:http";
import { type ChatCall, toldOf } from "./chat-call.ts";
import { piecesOf } from "./completion.ts";
import { drained, type Exchange, settle, stillThereAfter } from "./exchange.ts";
import { chatUsage, NO_OUTPUT, type OutputCounts } from "./usage.ts";
import type { ChatWire, EventWriter, Piece } from "./wire.ts";

/** Sends the answer as server-sent events, until it ends, is to be cut, or the client leaves. */
export async function streamReply(
  exchange: Exchange,
  wire: ChatWire,
  call: ChatCall,
): Promise<void> {
  const { response } = exchange;
  const { reply, directives, faults } = call;
  const pieces = piecesOf(reply.completion, directives.chunks);
  const events = wire.events(reply, toldOf(call));
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
  const due = pieces.slice(0, faults.cutAfter ?? pieces.length);
  const sent = await sendPieces(exchange, call, events, due);
  if (response.destroyed) {
    return settle(exchange, "aborted", 200, chatUsage(call.prompt, producedBy(call, due, sent)));
  }
  if (faults.cutAfter !== undefined)
    return cut(exchange, call, events, producedBy(call, due, sent));
  return finish(exchange, call, events);
}

/** Sends the opening and then piece after piece; says how many pieces went out. */
async function sendPieces(
  { response }: Exchange,
  { directives, faults }: ChatCall,
  events: EventWriter,
  pieces: readonly Piece[],
): Promise<number> {
  if (!(await stillThereAfter(response, directives.firstChunk ?? 0))) return 0;
  response.write(events.opening());
  for (const [index, piece] of pieces.entries()) {
    if (index > 0 && !(await readyForMore(response, directives.chunkDelay ?? 0))) return index;
    const event = events.content(piece);
    response.write(faults.fault === "badjson" && index === 0 ? garbled(event) : event);
  }
  return pieces.length;
}

/** Goes at the pace asked for, and no faster than the client reads. */
async function readyForMore(response: ServerResponse, delayMs: number): Promise<boolean> {
  if (delayMs > 0) return stillThereAfter(response, delayMs);
  if (response.writableNeedDrain) await drained(response);
  return !response.destroyed;
}

/** What had been produced when so many pieces were out: thinking comes before the first of them. */
function producedBy(call: ChatCall, pieces: readonly Piece[], sent: number): OutputCounts {
  if (sent === 0) return NO_OUTPUT;
  const { toolNameTokens, reasoningTokens } = call.reply.completion;
  const textTokens = pieces.slice(0, sent).reduce((sum, piece) => sum + piece.tokenCount, 0);
  return { textTokens: toolNameTokens + textTokens, reasoningTokens, audioTokens: 0 };
}

/** Breaks off in the middle of the event that comes next. */
function cut(exchange: Exchange, call: ChatCall, events: EventWriter, output: OutputCounts): void {
  settle(exchange, "cut", 200, chatUsage(call.prompt, output));
  const next = events.finish();
  const begun = next.slice(0, Math.floor(next.length / 2));
  exchange.response.write(begun, () => exchange.response.destroy());
}

function finish(exchange: Exchange, call: ChatCall, events: EventWriter): void {
  settle(exchange, call.faults.fault === "badjson" ? "fault" : "ok", 200, toldOf(call).billed);
  exchange.response.end(events.finish() + events.ending());
}

/** An event whose JSON stops in the middle. */
function garbled(event: string): string {
  return `${event.slice(0, Math.floor(event.length / 2))}\n\n`;
}
