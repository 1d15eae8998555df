type Headers = Readonly<Record<string, string>>;

export function bearer(apiKey: string): Headers | null {
  return inHeader("authorization", apiKey, "Bearer ");
}

/**
 * Secrets that were stored with `echo` end in a line feed, which no header may hold.
 * @returns null for an empty key
 */
export function inHeader(name: string, apiKey: string, before = ""): Headers | null {
  const key = apiKey.trim();
  return key === "" ? null : { [name]: before + key };
}
