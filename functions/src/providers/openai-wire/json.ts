export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** undefined when the text is no JSON, which is no JSON value. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text, cut to `maxLength`; null when it is none or empty. */
export function shortText(value: unknown, maxLength: number): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, maxLength) : null;
}
