/** 256 KiB, the most that a request may hold, of these at random, by a fixed seed. */
function mixOf(units: readonly string[]): string {
  let state = 1;
  let text = "";
  for (let bytes = 0; bytes < 256 * 1024; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    const unit = units[Math.floor((state / 2 ** 31) * units.length)] ?? "";
    bytes += Buffer.byteLength(unit);
    text += unit;
  }
  return text;
}

/** Texts that once took a tokenizer long, or might: name and text. */
export const HOSTILE = [
  ["the same letter", ["a"]],
  ["letters", [..."aeinrst"]],
  ["letters of both cases", [..."AaBb"]],
  ["spaces", [" "]],
  ["blanks", [" ", "\t", "\n", "\r", "\u3000"]],
  ["line feeds", ["\n"]],
  ["slashes and line feeds", ["/", "\n"]],
  ["slashes and line ends", ["/", "\n", "\r"]],
  ["symbols, slashes and line feeds", ["!", "/", "\n"]],
  ["symbols", [..."!?-=*#@$%^&()[]{}"]],
  ["symbols and spaces", [..."!?-=* "]],
  ["symbols and marks", ["!", "\u0301"]],
  ["letters and marks", ["a", "\u0301"]],
  ["letters, symbols and marks", ["a", "!", "\u0301"]],
  ["symbols of three bytes", [..."─│█░═"]],
  ["characters of three bytes", ["漢", "字", "東", "京"]],
  ["characters of three bytes, slashes and line feeds", ["漢", "/", "\n"]],
  ["letters that are also marks", ["ก", "ี", "่", "้"]],
  ["letters beyond the BMP", ["𐌰", "𐍈", "𠀀", "𠮷"]],
  ["emoji", ["👋", "🎉", "✅", "\u200d", "\ufe0f"]],
  ["what has no meaning", ["\ue000", "\uf8ff", "\ud800"]],
  ["ASCII", Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))],
].map(([name, units]) => [name as string, mixOf(units as string[])] as const);
