import { complete } from "./completion.ts";
import { type Directives, parseDirectives } from "./directives.ts";
import type { Exchange } from "./exchange.ts";
import type { DueFaults } from "./fault-counter.ts";
import { isCount, type JsonObject, stringOr } from "./json.ts";
import { lastUserText } from "./messages.ts";
import { countPromptTokens } from "./prompt-tokens.ts";
import { chatUsage, type OutputCounts, type PromptCounts } from "./usage.ts";
import type { ChatWire, Reply, Told } from "./wire.ts";

/** A reply on its way, with what it costs and how it is to fail. */
export interface ChatCall {
  readonly reply: Reply;
  readonly directives: Directives;
  readonly faults: DueFaults;
  readonly prompt: PromptCounts;
  readonly output: OutputCounts;
}

/** The whole answer's price, and how it is told. */
export function toldOf({ prompt, output, directives }: ChatCall): Told {
  return { billed: chatUsage(prompt, output), directives };
}

/** Works out everything before a byte is sent; throws what is wrong with the request. */
export function beginCall(exchange: Exchange, wire: ChatWire, body: JsonObject): ChatCall {
  exchange.facts = { ...exchange.facts, ...factsOf(body) };
  const request = wire.parse(body);
  const message = lastUserText(request.messages);
  const directives = parseDirectives(message, wire.directiveKeys);
  const completion = complete(request, directives);
  const reply = {
    id: exchange.sim.nextId(wire.answerIdPrefix),
    toolCallId: exchange.sim.nextId(wire.toolCallIdPrefix),
    createdSeconds: Math.floor(exchange.receivedAt.getTime() / 1000),
    model: directives.model ?? request.model.dated,
    request,
    completion,
  };
  exchange.facts = { ...exchange.facts, id: reply.id, model: reply.model };
  return {
    reply,
    directives,
    faults: exchange.sim.faults.due(directives, message),
    prompt: promptCounts(reply, directives),
    output: {
      textTokens: completion.toolNameTokens + completion.texts.length,
      reasoningTokens: completion.reasoningTokens,
      audioTokens: completion.audioTokens,
    },
  };
}

function factsOf(body: JsonObject) {
  const limit = body.max_completion_tokens ?? body.max_tokens;
  return {
    modelRequested: stringOr(body.model, null),
    stream: body.stream === true,
    maxTokens: isCount(limit) ? limit : null,
    bodyKeys: Object.keys(body),
  };
}

function promptCounts({ request }: Reply, directives: Directives): PromptCounts {
  const { model, messages, tools } = request;
  return {
    textTokens: countPromptTokens(model.encoding, messages, tools) + (directives.billExtra ?? 0),
    cachedTokens: directives.cached ?? 0,
    audioTokens: directives.audioIn ?? 0,
  };
}
