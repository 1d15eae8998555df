/** What is known of a prompt whose cached tokens nobody splits by modality. */
export interface CachedPrompt {
  readonly cached: number;
  readonly audio: number;
  /** All that is no audio and may have been read from the cache. */
  readonly others: number;
}

export interface CachedAudio {
  readonly least: number;
  readonly isKnown: boolean;
}

/**
 * How many of the cached tokens are audio. It is known when nothing, everything or no audio was cached; else the least
 * is taken, for cached audio saves the most: the bill is rather too high than too low. 70 cached of 60 audio and 40
 * text are 30 of audio at least, and 60 at most.
 */
export function cachedAudioOf({ cached, audio, others }: CachedPrompt): CachedAudio {
  const most = Math.min(audio, cached);
  const least = Math.max(cached - others, 0);
  return { least, isKnown: least >= most };
}
