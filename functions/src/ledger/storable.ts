/** What of a provider's usage object is kept at most, characters of its JSON. */
const MAX_RAW_CHARACTERS = 8_192;
/** Firestore takes 20 levels in all: https://firebase.google.com/docs/firestore/quotas */
const MAX_LEVELS = 15;

/**
 * A provider's usage object as it can be stored: as it came, or as text where Firestore would refuse it (lists in
 * lists, keys such as "__x__", too deep, too large), for a strange object must not cost the entry.
 */
export function storableUsage(raw: unknown): unknown {
  if (raw === undefined || raw === null) return null;
  const json = JSON.stringify(raw) ?? String(raw);
  if (json.length > MAX_RAW_CHARACTERS) return json.slice(0, MAX_RAW_CHARACTERS);
  const plain: unknown = JSON.parse(json);
  return isStorable(plain, MAX_LEVELS, false) ? plain : json;
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
