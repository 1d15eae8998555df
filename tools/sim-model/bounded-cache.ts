export interface BoundedCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  clear(): void;
}

/** What an entry weighs besides the characters of its key. */
const ENTRY_WEIGHT = 64;

/** Holds entries up to `maxWeight` characters in all; the oldest give way to new ones. */
export function boundedCache<V>(maxWeight: number): BoundedCache<V> {
  const entries = new Map<string, V>();
  let weight = 0;

  const weightOf = (key: string) => key.length + ENTRY_WEIGHT;

  function dropOldest(): void {
    for (const key of entries.keys()) {
      if (weight <= maxWeight) return;
      entries.delete(key);
      weight -= weightOf(key);
    }
  }

  return {
    get: (key) => entries.get(key),
    set(key, value) {
      if (!entries.has(key)) weight += weightOf(key);
      entries.set(key, value);
      dropOldest();
    },
    clear() {
      entries.clear();
      weight = 0;
    },
  };
}
