/** A piece of a log file that may be a JSON object, and the line that it begins on. */
export interface LogRecord {
  readonly line: number;
  readonly text: string;
}

/** Cloud Logging's own bound of an entry is 256 KB. */
const MAX_RECORD_CHARACTERS = 4_000_000;
/** So much of a file is looked at to tell its form. */
const MAX_HEAD_CHARACTERS = 10_000;

interface Splitter {
  push(text: string): readonly LogRecord[];
  end(): readonly LogRecord[];
}

/**
 * The records of a log, in whatever form it comes: one to a line, among lines of other kinds, or as JSON values that
 * span lines, in a list or one after the other. Reads no further than its reader, so that a file may be of any size.
 */
export async function* recordsIn(chunks: AsyncIterable<string>): AsyncGenerator<LogRecord> {
  let head = "";
  let splitter: Splitter | undefined;
  for await (const chunk of chunks) {
    if (splitter) {
      yield* splitter.push(chunk);
      continue;
    }
    head += chunk;
    if (!hasWholeFirstLine(head)) continue;
    splitter = splitterFor(head);
    yield* splitter.push(head);
  }
  if (!splitter) {
    splitter = splitterFor(head);
    yield* splitter.push(head);
  }
  yield* splitter.end();
}

function hasWholeFirstLine(head: string): boolean {
  return head.trimStart().includes("\n") || head.length > MAX_HEAD_CHARACTERS;
}

/** A list, or an object that does not end on its first line. */
function splitterFor(head: string): Splitter {
  const [first = ""] = head.trimStart().split("\n", 1);
  return /^\[\s*(\{|$)|^\{\s*$/.test(first) ? valueSplitter() : lineSplitter();
}

function lineSplitter(): Splitter {
  let line = 0;
  let rest = "";
  const recordOf = (text: string): LogRecord => {
    line += 1;
    return { line, text };
  };
  return {
    push(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      // Too long for anything of ours: only its end is looked for.
      if (rest.length > MAX_RECORD_CHARACTERS) rest = "";
      return lines.map(recordOf);
    },
    end: () => (rest === "" ? [] : [recordOf(rest)]),
  };
}

/** Finds objects by their braces; what stands between them, such as a list's commas, is passed over. */
function valueSplitter(): Splitter {
  let line = 1;
  let beginLine = 1;
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let kept = "";
  const push = (text: string): LogRecord[] => {
    const found: LogRecord[] = [];
    let begin = 0;
    for (let at = 0; at < text.length; at += 1) {
      const char = text[at];
      if (char === "\n") line += 1;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (char === "\\") isEscaped = true;
        else if (char === '"') isInString = false;
      } else if (char === '"') {
        isInString = depth > 0;
      } else if (char === "{") {
        if (depth === 0) [begin, beginLine] = [at, line];
        depth += 1;
      } else if (char === "}" && depth > 0) {
        depth -= 1;
        if (depth > 0) continue;
        found.push({ line: beginLine, text: kept + text.slice(begin, at + 1) });
        kept = "";
      }
    }
    if (depth > 0) kept += text.slice(begin);
    if (kept.length > MAX_RECORD_CHARACTERS) {
      throw new Error(`what begins on line ${beginLine} is too long for a log record`);
    }
    return found;
  };
  return { push, end: () => (depth > 0 ? [{ line: beginLine, text: kept }] : []) };
}
