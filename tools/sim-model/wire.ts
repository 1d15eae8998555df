import type { ChatRequest } from "./chat-request.ts";
import type { Completion } from "./completion.ts";
import type { DirectiveKey, Directives } from "./directives.ts";
import type { JsonObject } from "./json.ts";
import type { ChatUsage } from "./usage.ts";

/** A completion with all that its wire form needs. */
export interface Reply {
  readonly id: string;
  readonly toolCallId: string;
  readonly createdSeconds: number;
  /** The name that the answer carries. */
  readonly model: string;
  readonly request: ChatRequest;
  readonly completion: Completion;
}

/** A part of the answer, as one chunk carries it. */
export interface Piece {
  readonly text: string;
  readonly tokenCount: number;
}

/** Server-sent events of one streamed answer. */
export interface EventWriter {
  /** All that comes before the first piece of content. */
  opening(): string;
  content(piece: Piece): string;
  /** What follows the last piece of content; a stream that is cut breaks off within it. */
  finish(): string;
  /** The rest, with the usage as it is told. */
  ending(): string;
}

/** What a reply costs, and what is said of it. */
export interface Told {
  readonly billed: ChatUsage;
  readonly directives: Directives;
}

/** A protocol of chats: how a request is read, and what an answer looks like. */
export interface ChatWire {
  readonly answerIdPrefix: string;
  readonly toolCallIdPrefix: string;
  readonly directiveKeys: readonly DirectiveKey[];
  /** Throws what is wrong with the request. */
  parse(body: JsonObject): ChatRequest;
  body(reply: Reply, told: Told): object;
  events(reply: Reply, told: Told): EventWriter;
}
