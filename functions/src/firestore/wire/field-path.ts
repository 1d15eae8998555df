const SIMPLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ESCAPED = /[\\`]/g;

/** ["byModel", "openai/gpt-4.1"] -> "byModel.`openai/gpt-4.1`" */
export function fieldPath(segments: readonly string[]): string {
  return segments.map((segment) => (SIMPLE.test(segment) ? segment : quoted(segment))).join(".");
}

function quoted(segment: string): string {
  return `\`${segment.replace(ESCAPED, "\\$&")}\``;
}
