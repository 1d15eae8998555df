import type { TokenCounter } from "./port.ts";

/**
 * A counter that always has a number: when the tokenizer fails, one token per UTF-8 byte, the most that any makes.
 * A count that is too high costs an estimate its sharpness; an error would cost the caller the answer.
 */
export function surely(counter: TokenCounter): TokenCounter {
  return {
    isForeign: (model) => counter.isForeign(model),
    async countTexts(model, texts) {
      try {
        return await counter.countTexts(model, texts);
      } catch {
        return texts.map((text) => Buffer.byteLength(text));
      }
    },
  };
}
