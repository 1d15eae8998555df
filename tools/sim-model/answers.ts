import { withoutDirectives } from "./directives.ts";
import { between, pick, type Random } from "./hash.ts";
import { CLOSINGS, MIDDLES, NOT_TOPICS, PLAIN_OPENINGS, TOPICAL_OPENINGS } from "./sentences.ts";
import { type Encoding, tokenTexts } from "./tokens.ts";

const SHORTEST_TOKENS = 20;
const LONGEST_TOKENS = 180;

/** Sentences to a paragraph. */
const PARAGRAPH = 4;

const MIN_TOPIC_LETTERS = 5;
/** A topic is looked for at the start of the question only, however long that is. */
const MAX_TOPIC_SEARCH = 2_000;

/** A helpful-sounding answer, one string per token. The length is by chance from 20 to 200. */
export function answerTokens(encoding: Encoding, question: string, random: Random): string[] {
  const target = between(random, SHORTEST_TOKENS, LONGEST_TOKENS);
  const { tokens, sentences } = openAnswer(encoding, question, random, target);
  tokens.push(...tokenTexts(encoding, leadOf(sentences) + pick(random, CLOSINGS)));
  return tokens;
}

/** The same, cut off at exactly so many tokens. */
export function exactAnswerTokens(
  encoding: Encoding,
  question: string,
  random: Random,
  count: number,
): string[] {
  return openAnswer(encoding, question, random, count).tokens.slice(0, count);
}

/** An answer as JSON, for callers that ask for an object without saying which. */
export function answerObject(random: Random) {
  return {
    answer: pick(random, PLAIN_OPENINGS),
    steps: [pick(random, MIDDLES), pick(random, MIDDLES)],
    confidence: between(random, 50, 99) / 100,
  };
}

/** An opening and as many sentences as it takes to reach the length. */
function openAnswer(encoding: Encoding, question: string, random: Random, target: number) {
  const tokens = [...tokenTexts(encoding, opening(encoding, question, random))];
  const nextMiddle = middles(random);
  let sentences = 1;
  for (; tokens.length < target; sentences += 1) {
    const sentence = leadOf(sentences) + nextMiddle() + tailOf(sentences);
    tokens.push(...tokenTexts(encoding, sentence));
  }
  return { tokens, sentences };
}

/*
 * Sentences are turned into tokens one by one. That gives the tokens of the whole only where the
 * tokenizer would cut as well: before a space, and behind the line breaks that follow a full stop.
 */
function leadOf(sentence: number): string {
  return sentence % PARAGRAPH === 0 ? "" : " ";
}

function tailOf(sentence: number): string {
  return (sentence + 1) % PARAGRAPH === 0 ? "\n\n" : "";
}

/** Walks through the sentences by a random stride, which, their number being prime, meets all before any twice. */
function middles(random: Random): () => string {
  const stride = between(random, 1, MIDDLES.length - 1);
  let position = between(random, 0, MIDDLES.length - 1);
  return () => {
    position = (position + stride) % MIDDLES.length;
    return MIDDLES[position] ?? "";
  };
}

function opening(encoding: Encoding, question: string, random: Random): string {
  const topic = topicOf(encoding, question);
  if (topic === null) return pick(random, PLAIN_OPENINGS);
  return pick(random, TOPICAL_OPENINGS).replace("{topic}", topic);
}

/** The longest telling word of the question, if it is one token: then no cut can fall inside it. */
function topicOf(encoding: Encoding, question: string): string | null {
  const start = withoutDirectives(question.slice(0, MAX_TOPIC_SEARCH)).toLowerCase();
  const words = start.match(/(?<![\p{L}\p{N}])[a-z]+(?![\p{L}\p{N}])/gu) ?? [];
  const telling = words.filter((word) => word.length >= MIN_TOPIC_LETTERS && !NOT_TOPICS.has(word));
  const byLength = telling.sort((a, b) => b.length - a.length);
  return byLength.find((word) => tokenTexts(encoding, ` ${word}`).length === 1) ?? null;
}
