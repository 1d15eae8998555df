import type { TokenClasses, Usage } from "../../core/tokens.ts";
import { convertUsage as convertOpenAiUsage } from "../openai/convert-usage.ts";
import { isObject, type JsonObject } from "../openai-wire/json.ts";
import { type CachedAudio, cachedAudioOf } from "../usage/cached-audio.ts";
import {
  contradicted,
  countOf,
  estimated,
  faultOf,
  firstObject,
  judged,
  numberOf,
  type Unread,
} from "../usage/counts.ts";
import { inMetadataWords } from "./interactions.ts";
import { type Modalities, type ModalityCount, readModalities } from "./modalities.ts";

/**
 * generateContent, its last streamed chunk, embedContent and Live; interactions say the same in other words. Counts of 0 are left out.
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
interface UsageMetadata {
  /** With what comes from the cache, without what tools put in. */
  readonly promptTokenCount?: number;
  readonly cachedContentTokenCount?: number;
  /** What tools put in between, such as pages that were searched: input beside the prompt. */
  readonly toolUsePromptTokenCount?: number;
  /** Without thoughts; Live calls it `responseTokenCount`. */
  readonly candidatesTokenCount?: number;
  readonly responseTokenCount?: number;
  /** Output beside the candidates. */
  readonly thoughtsTokenCount?: number;
  readonly totalTokenCount?: number;
  readonly promptTokensDetails?: readonly ModalityCount[];
  /** The same of embedContent. https://ai.google.dev/api/embeddings */
  readonly promptTokenDetails?: readonly ModalityCount[];
  readonly cacheTokensDetails?: readonly ModalityCount[];
  readonly toolUsePromptTokensDetails?: readonly ModalityCount[];
  readonly candidatesTokensDetails?: readonly ModalityCount[];
  readonly responseTokensDetails?: readonly ModalityCount[];
  /** Interactions alone count their searches, which are billed beside the tokens. */
  readonly groundingToolCount?: readonly { readonly count?: number }[];
}

type Wire = Unread<UsageMetadata>;

interface Counts {
  readonly prompt: number;
  readonly cached: number;
  readonly tool: number;
  readonly candidates: number;
  readonly thoughts: number;
}

/** The lists by modality, each beside the count that it is a split of. */
interface Lists {
  readonly prompt: Modalities;
  readonly cached: Modalities;
  readonly tool: Modalities;
  readonly candidates: Modalities;
}

/**
 * Each token in exactly one class: a prompt of 1 200 with 1 000 cached, 40 from tools, 60 candidates and 300 thoughts
 * are 240 `input`, 1 000 `cacheRead`, 60 `output` and 300 `reasoning`. Images, video and documents are input; audio is
 * a class of its own, cached or not.
 */
export function convertUsageMetadata(rawUsage: unknown): Usage {
  if (rawUsage === undefined || rawUsage === null) return estimated("usage_missing");
  const wire: Wire = isObject(rawUsage) ? inMetadataWords(inCamelCase(rawUsage)) : {};
  const counts = countsOf(wire);
  const fault = faultOf(Object.values(counts));
  if (fault) return estimated(fault);
  if (!addsUp(counts, wire.totalTokenCount)) return estimated("usage_inconsistent");
  const lists = listsOf(wire);
  const cachedAudio = cachedAudioIn(counts, lists);
  const wholes = {
    input: counts.prompt + counts.tool,
    output: counts.candidates + counts.thoughts,
  };
  const parts = Object.values(lists).map(({ all }) => all);
  const classes = classesOf(counts, lists, cachedAudio.least);
  const usage = judged(wholes, parts, classes, isAboveWhole(counts, lists));
  if (usage.status === "estimated") return usage;
  if (lists.candidates.seen > 0 || seenLive(wire, lists) > 0 || isGrounded(wire))
    return estimated("usage_unclassed", usage.classes);
  return cachedAudio.isKnown ? usage : estimated("usage_unsplit", usage.classes);
}

/** The Python SDK writes "prompt_token_count" where the wire has "promptTokenCount". */
function inCamelCase(wire: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(wire).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      Array.isArray(value)
        ? value.map((each) => (isObject(each) ? inCamelCase(each) : each))
        : value,
    ]),
  );
}

function countsOf(wire: Wire): Counts {
  return {
    prompt: numberOf(wire.promptTokenCount ?? (wire.toolUsePromptTokenCount && 0)),
    cached: countOf(wire.cachedContentTokenCount),
    tool: countOf(wire.toolUsePromptTokenCount),
    candidates: countOf(wire.candidatesTokenCount ?? wire.responseTokenCount),
    thoughts: countOf(wire.thoughtsTokenCount),
  };
}

/** The total is the sum; some versions of the API leave out of it what tools put in. */
function addsUp({ prompt, tool, candidates, thoughts }: Counts, total: unknown): boolean {
  const sum = prompt + candidates + thoughts;
  return total === undefined || total === null || total === sum + tool || total === sum;
}

function listsOf(wire: Wire): Lists {
  return {
    prompt: readModalities(wire.promptTokensDetails ?? wire.promptTokenDetails),
    cached: readModalities(wire.cacheTokensDetails),
    tool: readModalities(wire.toolUsePromptTokensDetails),
    candidates: readModalities(wire.candidatesTokensDetails ?? wire.responseTokensDetails),
  };
}

/** A list may say less than its whole (`readModalities`); one that says more contradicts it. */
function isAboveWhole(counts: Counts, { prompt, cached, tool, candidates }: Lists): boolean {
  return (
    prompt.all > counts.prompt ||
    cached.all > counts.cached ||
    tool.all > counts.tool ||
    candidates.all > counts.candidates
  );
}

/** A list that is not all of the cache may have left out some of its audio. */
function cachedAudioIn({ prompt, cached }: Counts, lists: Lists): CachedAudio {
  const said = lists.cached.audio;
  if (lists.cached.all === cached) return { least: said, isKnown: true };
  const { audio } = lists.prompt;
  const { least, isKnown } = cachedAudioOf({ cached, audio, others: prompt - audio });
  return { least: Math.max(least, said), isKnown };
}

function classesOf(counts: Counts, lists: Lists, cachedAudio: number): TokenClasses {
  const cachedText = counts.cached - cachedAudio;
  const [prompt, tool, candidates] = [lists.prompt.audio, lists.tool.audio, lists.candidates.audio];
  return {
    input: counts.prompt - prompt - cachedText + counts.tool - tool,
    cacheRead: cachedText,
    audioIn: prompt - cachedAudio + tool,
    audioCacheRead: cachedAudio,
    output: counts.candidates - candidates,
    reasoning: counts.thoughts,
    audioOut: candidates,
  };
}

/** Live bills images and video above text; elsewhere they cost the same. */
function seenLive(wire: Wire, { prompt }: Lists): number {
  return wire.responseTokenCount === undefined ? 0 : prompt.seen;
}

function isGrounded({ groundingToolCount: uses }: Wire): boolean {
  return Array.isArray(uses) && uses.some((use) => countOf(firstObject(use).count) !== 0);
}

/**
 * What an answer may have: no Gemini model writes more than 65 536 tokens, thoughts included, in each of at most 8
 * candidates. https://ai.google.dev/gemini-api/docs/models
 */
const MAX_ANSWER_TOKENS = 8 * 65_536;

/**
 * Gemini's OpenAI-compatible endpoint, whose total counts thoughts while `completion_tokens` does not: what is missing
 * to the total is `reasoning`, as far as an answer goes. Where thoughts are stated as well, they are what is missing.
 * https://ai.google.dev/gemini-api/docs/openai
 */
export function convertCompatibleUsage(rawUsage: unknown): Usage {
  if (!isObject(rawUsage)) return convertOpenAiUsage(rawUsage);
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = rawUsage;
  const answer = numberOf(total) - numberOf(prompt);
  const thoughts = answer - countOf(completion);
  if (!(thoughts > 0)) return convertOpenAiUsage(rawUsage);
  if (answer > MAX_ANSWER_TOKENS) return estimated("usage_inconsistent");
  const details = firstObject(rawUsage.completion_tokens_details);
  const usage = convertOpenAiUsage({
    ...rawUsage,
    completion_tokens: answer,
    completion_tokens_details: { ...details, reasoning_tokens: thoughts },
  });
  const agrees = (details.reasoning_tokens ?? thoughts) === thoughts;
  return agrees || usage.status === "estimated" ? usage : contradicted(usage);
}
