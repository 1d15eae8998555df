import { boundedCache } from "./bounded-cache.ts";
import type { Directives, Fault } from "./directives.ts";

/** The ways in which one request is to fail. */
export interface DueFaults {
  readonly fault?: Fault | undefined;
  readonly cutAfter?: number | undefined;
}

export interface FaultCounter {
  /** Counts a request with this message, and says whether it is still among the `times` that fail. */
  due(directives: Directives, message: string): DueFaults;
  clear(): void;
}

const MAX_REMEMBERED_CHARACTERS = 4 * 1024 * 1024;

export function faultCounter(): FaultCounter {
  const seen = boundedCache<number>(MAX_REMEMBERED_CHARACTERS);
  return {
    due(directives, message) {
      const { fault, cutAfter, times } = directives;
      if (fault === undefined && cutAfter === undefined) return {};
      if (times === undefined) return { fault, cutAfter };
      const count = (seen.get(message) ?? 0) + 1;
      seen.set(message, count);
      return count <= times ? { fault, cutAfter } : {};
    },
    clear: () => seen.clear(),
  };
}
