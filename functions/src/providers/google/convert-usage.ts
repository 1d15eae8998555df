import type { TokenClasses, Usage } from "../../core/tokens.ts";
import { convertUsage as convertOpenAiUsage } from "../openai/convert-usage.ts";
import { isObject, type JsonObject, listOf } from "../openai-wire/json.ts";
import { countOf, estimated, faultOf, judged, numberOf, type Unread } from "../usage/counts.ts";

/**
 * generateContent, its last streamed chunk, embedContent and Live. Counts of 0 are left out.
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
  readonly cacheTokensDetails?: readonly ModalityCount[];
  readonly toolUsePromptTokensDetails?: readonly ModalityCount[];
  readonly candidatesTokensDetails?: readonly ModalityCount[];
  readonly responseTokensDetails?: readonly ModalityCount[];
}

interface ModalityCount {
  readonly modality: "TEXT" | "IMAGE" | "VIDEO" | "AUDIO" | "DOCUMENT";
  readonly tokenCount?: number;
}

type Wire = Unread<UsageMetadata>;

interface Counts {
  readonly prompt: number;
  readonly cached: number;
  readonly tool: number;
  readonly candidates: number;
  readonly thoughts: number;
}

interface Audio {
  readonly prompt: number;
  readonly tool: number;
  readonly candidates: number;
}

/**
 * Each token in exactly one class: a prompt of 1 200 with 1 000 cached, 40 from tools, 60 candidates and 300 thoughts
 * are 240 `input`, 1 000 `cacheRead`, 60 `output` and 300 `reasoning`. Images, video and documents are input; audio is
 * a class of its own, cached or not.
 */
export function convertUsageMetadata(rawUsage: unknown): Usage {
  if (rawUsage === undefined || rawUsage === null) return estimated("usage_missing");
  const wire: Wire = isObject(rawUsage) ? inCamelCase(rawUsage) : {};
  const counts = countsOf(wire);
  const fault = faultOf(Object.values(counts));
  if (fault) return estimated(fault);
  if (!addsUp(counts, wire.totalTokenCount)) return estimated("usage_inconsistent");
  const audio = audioOf(wire);
  const cachedAudio = cachedAudioOf(wire, counts, audio);
  const parts = [...Object.values(audio), cachedAudio.least, madeOf(wire, isMadeOtherwise)];
  const wholes = {
    input: counts.prompt + counts.tool,
    output: counts.candidates + counts.thoughts,
  };
  const usage = judged(wholes, parts, classesOf(counts, audio, cachedAudio.least));
  if (usage.status === "estimated") return usage;
  if (madeOf(wire, isMadeOtherwise) > 0 || seenLive(wire) > 0)
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
  return total === undefined || total === sum + tool || total === sum;
}

function audioOf(wire: Wire): Audio {
  return {
    prompt: sumOf(wire.promptTokensDetails, isAudio),
    tool: sumOf(wire.toolUsePromptTokensDetails, isAudio),
    candidates: madeOf(wire, isAudio),
  };
}

/**
 * How many of the cached tokens are audio. Without a split by modality it is known when nothing, everything or no
 * audio was cached; else the least is taken, for cached audio saves the most: the bill is rather too high than too low.
 */
function cachedAudioOf(
  wire: Wire,
  counts: Counts,
  audio: Audio,
): { least: number; isKnown: boolean } {
  if (listOf(wire.cacheTokensDetails).length > 0)
    return { least: sumOf(wire.cacheTokensDetails, isAudio), isKnown: true };
  const most = Math.min(audio.prompt, counts.cached);
  const least = Math.max(counts.cached - (counts.prompt - audio.prompt), 0);
  return { least, isKnown: least >= most };
}

function classesOf(counts: Counts, audio: Audio, cachedAudio: number): TokenClasses {
  const cachedText = counts.cached - cachedAudio;
  return {
    input: counts.prompt - audio.prompt - cachedText + counts.tool - audio.tool,
    cacheRead: cachedText,
    audioIn: audio.prompt - cachedAudio + audio.tool,
    audioCacheRead: cachedAudio,
    output: counts.candidates - audio.candidates,
    reasoning: counts.thoughts,
    audioOut: audio.candidates,
  };
}

function madeOf(wire: Wire, isMeant: (modality: unknown) => boolean): number {
  return sumOf(wire.candidatesTokensDetails ?? wire.responseTokensDetails, isMeant);
}

function sumOf(details: unknown, isMeant: (modality: unknown) => boolean): number {
  return listOf(details)
    .filter(isObject)
    .filter(({ modality }) => isMeant(modality))
    .reduce((sum, { tokenCount }) => sum + countOf(tokenCount), 0);
}

function isAudio(modality: unknown): boolean {
  return modality === "AUDIO";
}

/** Live bills images and video above text; elsewhere they cost the same. */
function seenLive(wire: Wire): number {
  return wire.responseTokenCount === undefined
    ? 0
    : sumOf(wire.promptTokensDetails, isMadeOtherwise);
}

/** Images and video that were made cost more than text, and have no class. */
function isMadeOtherwise(modality: unknown): boolean {
  return modality === "IMAGE" || modality === "VIDEO";
}

/**
 * Gemini's OpenAI-compatible endpoint, whose total counts thoughts while `completion_tokens` does not: what is missing
 * to the total is `reasoning`. https://ai.google.dev/gemini-api/docs/openai
 */
export function convertCompatibleUsage(rawUsage: unknown): Usage {
  if (!isObject(rawUsage)) return convertOpenAiUsage(rawUsage);
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = rawUsage;
  const thoughts = numberOf(total) - numberOf(prompt) - countOf(completion);
  return convertOpenAiUsage(thoughts > 0 ? withThoughts(rawUsage, thoughts) : rawUsage);
}

function withThoughts(wire: JsonObject, thoughts: number): JsonObject {
  const details = isObject(wire.completion_tokens_details) ? wire.completion_tokens_details : {};
  return {
    ...wire,
    completion_tokens: countOf(wire.completion_tokens) + thoughts,
    completion_tokens_details: { ...details, reasoning_tokens: thoughts },
  };
}
