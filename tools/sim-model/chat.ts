import { beginCall, type ChatCall, toldOf } from "./chat-call.ts";
import { streamReply } from "./chat-stream.ts";
import {
  type Exchange,
  readBody,
  sendJson,
  settle,
  startJson,
  stillThereAfter,
} from "./exchange.ts";
import { fail } from "./faults.ts";
import { chatUsage, NO_OUTPUT } from "./usage.ts";
import type { ChatWire } from "./wire.ts";

/** A chat over a vendor's protocol. */
export async function serveChat(exchange: Exchange, wire: ChatWire): Promise<void> {
  const call = beginCall(exchange, wire, await readBody(exchange.request));
  const { directives, faults } = call;
  if (!(await stillThereAfter(exchange.response, directives.latency ?? 0))) {
    return settle(exchange, "aborted", null, chatUsage(call.prompt, NO_OUTPUT));
  }
  if (faults.fault !== undefined && faults.fault !== "badjson") {
    return fail(exchange, faults.fault, directives.retryAfter);
  }
  if (call.reply.request.stream) return streamReply(exchange, wire, call);
  return sendReply(exchange, wire, call);
}

function sendReply(exchange: Exchange, wire: ChatWire, call: ChatCall): void {
  const { response } = exchange;
  const { fault, cutAfter } = call.faults;
  const told = toldOf(call);
  const { billed } = told;
  const body = JSON.stringify(wire.body(call.reply, told));
  const half = body.slice(0, Math.floor(body.length / 2));
  if (cutAfter !== undefined) {
    settle(exchange, "cut", 200, billed);
    startJson(response, 200, body);
    response.write(half, () => response.destroy());
    return;
  }
  settle(exchange, fault === "badjson" ? "fault" : "ok", 200, billed);
  sendJson(response, 200, fault === "badjson" ? half : body);
}
