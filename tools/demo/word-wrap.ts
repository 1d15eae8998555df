export interface WordWrap {
  /** Writes the words that are complete by now. */
  push(piece: string): void;
  end(): void;
}

/** Breaks a text that arrives in pieces between its words. */
export function wordWrap(
  write: (text: string) => void,
  { width, indent }: { readonly width: number; readonly indent: string },
): WordWrap {
  let column = 0;
  let pending = "";
  const put = (word: string) => {
    const breaks = column > 0 && column + 1 + word.length > width;
    const lead = breaks ? `\n${indent}` : column === 0 ? indent : " ";
    write(lead + word);
    column = (breaks || column === 0 ? indent.length : column + 1) + word.length;
  };
  return {
    push(piece) {
      const words = (pending + piece).split(/\s+/);
      pending = words.pop() ?? "";
      for (const word of words) if (word !== "") put(word);
    },
    end() {
      if (pending !== "") put(pending);
      write("\n");
    },
  };
}
