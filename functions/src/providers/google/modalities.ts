import { isObject } from "../openai-wire/json.ts";
import { countOf, sumOf, type Unread } from "../usage/counts.ts";

export interface ModalityCount {
  readonly modality: "TEXT" | "IMAGE" | "VIDEO" | "AUDIO" | "DOCUMENT";
  readonly tokenCount?: number;
}

/** A list of tokens by modality, not yet believed: NaN where something else stands. */
export interface Modalities {
  readonly all: number;
  readonly audio: number;
  /** Images and video: input like text, but for Live; made, they cost more and have no class. */
  readonly seen: number;
}

const NONE: Modalities = { all: 0, audio: 0, seen: 0 };
const UNREADABLE: Modalities = { ...NONE, all: Number.NaN };

/** What a list leaves out is text: counts of 0 are left out, and no list is said to be whole. */
export function readModalities(list: unknown): Modalities {
  if (list === undefined || list === null) return NONE;
  if (!Array.isArray(list) || !list.every(isObject)) return UNREADABLE;
  const counts: readonly Unread<ModalityCount>[] = list;
  return {
    all: tokensOf(counts),
    audio: tokensOf(counts.filter(({ modality }) => modality === "AUDIO")),
    seen: tokensOf(counts.filter(({ modality }) => modality === "IMAGE" || modality === "VIDEO")),
  };
}

function tokensOf(counts: readonly Unread<ModalityCount>[]): number {
  return sumOf(counts.map(({ tokenCount }) => countOf(tokenCount)));
}
