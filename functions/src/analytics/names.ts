import { decodeKey, encodeKey } from "../core/ids.ts";
import { OTHER_KEY } from "../ledger/caps.ts";
import { keyOf, NO_KEY, UNKNOWN_MODEL_KEY } from "../ledger/contributions.ts";

const RESERVED: readonly string[] = [NO_KEY, OTHER_KEY, UNKNOWN_MODEL_KEY];

/** What a map's key says to people; reserved and hashed keys stay, also against a name that looks like one. */
export function nameOfKey(key: string): string {
  if (RESERVED.includes(key)) return key;
  const name = decodeKey(key);
  return RESERVED.includes(name) ? key : name;
}

/** The name under which an entry's own field stands in reports: as it would come out of an aggregate. */
export function nameOf(text: string | null): string {
  return nameOfKey(keyOf(text));
}

/** The way back: the key of a name that a report showed, or that someone typed. */
export function keyOfName(name: string): string {
  return RESERVED.includes(name) || name.startsWith("%hash-") ? name : encodeKey(name);
}
