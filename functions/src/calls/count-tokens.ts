import type { TokenCounter } from "./port.ts";

/**
 * A counter that always has a number: when the tokenizer fails, one token per UTF-8 byte, the most that any makes.
 * A count that is too high costs an estimate its sharpness; an error would cost the caller the answer.
 */
export function surely(counter: TokenCounter): TokenCounter {
  return {
    async countText(model, text) {
      try {
        return await counter.countText(model, text);
      } catch {
        return Buffer.byteLength(text);
      }
    },
  };
}
