/** What of a provider's usage object is kept at most, characters of its JSON. */
const MAX_RAW_CHARACTERS = 8_192;
/** Names and ids. */
const MAX_TEXT_CHARACTERS = 200;
/** Firestore takes 20 levels in all: https://firebase.google.com/docs/firestore/quotas */
const MAX_LEVELS = 15;

/** How JSON writes half a character, which Firestore's wire format cannot: the whole commit would fail for it. */
const ESCAPED_SURROGATE = /\\ud[89a-f]/i;

/**
 * A provider's usage object as it can be stored: as it came, or as text where Firestore would refuse it (lists in
 * lists, keys such as "__x__", half characters, too deep, too large), for a strange object must not cost the entry.
 */
export function storableUsage(raw: unknown): unknown {
  if (raw === undefined || raw === null) return null;
  const json = JSON.stringify(raw) ?? String(raw);
  if (json.length > MAX_RAW_CHARACTERS) return json.slice(0, MAX_RAW_CHARACTERS).toWellFormed();
  if (ESCAPED_SURROGATE.test(json)) return json;
  const plain: unknown = JSON.parse(json);
  return isStorable(plain, MAX_LEVELS, false) ? plain : json;
}

/** A text of the provider's, without the half characters that stop a commit. */
export function storableText(text: string | null): string | null {
  return text?.slice(0, MAX_TEXT_CHARACTERS).toWellFormed() ?? null;
}

function isStorable(value: unknown, levels: number, isInList: boolean): boolean {
  if (value === null || typeof value !== "object") return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) {
    return !isInList && value.every((item) => isStorable(item, levels - 1, true));
  }
  return Object.entries(value).every(
    ([key, inner]) => key !== "" && !/^__.*__$/.test(key) && isStorable(inner, levels - 1, false),
  );
}
