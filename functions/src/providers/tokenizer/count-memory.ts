import { hash } from "node:crypto";

/** Texts whose counts are remembered, about half a megabyte of hashes. */
const MAX_TEXTS = 5_000;
/** Shorter ones are counted about as soon as they are hashed. */
const MIN_LENGTH = 64;

/**
 * Counts of texts that may come again: system prompts, tools, and the history that each turn of a conversation sends
 * anew. It knows texts by their hash only, for no content is kept; the oldest go first.
 */
export class CountMemory {
  private readonly counts = new Map<string, number>();
  private readonly maxTexts: number;

  constructor(maxTexts = MAX_TEXTS) {
    this.maxTexts = maxTexts;
  }

  /** undefined for a text that is not worth it */
  keyOf(text: string): string | undefined {
    return text.length < MIN_LENGTH ? undefined : hash("sha256", text, "base64");
  }

  get(key: string | undefined): number | undefined {
    return key === undefined ? undefined : this.counts.get(key);
  }

  set(key: string | undefined, tokens: number): void {
    if (key === undefined) return;
    this.counts.set(key, tokens);
    if (this.counts.size <= this.maxTexts) return;
    for (const oldest of this.counts.keys()) {
      this.counts.delete(oldest);
      return;
    }
  }
}
