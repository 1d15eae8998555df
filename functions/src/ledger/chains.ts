import { correctionIdOf } from "../core/ids.ts";
import type { Entry } from "./entry.ts";
import { entryKey } from "./hold.ts";
import type { LedgerStore } from "./port.ts";

/** Corrections of one entry that are looked for. */
export const MAX_CHAIN = 20;

/** The corrections of entries, each chain in its order; link by link, for most entries have none. */
export async function readChains(
  store: Pick<LedgerStore, "read">,
  entryIds: readonly string[],
  deadlineMs: number,
): Promise<{ chains: ReadonlyMap<string, readonly Entry[]>; documentsRead: number }> {
  const chains = new Map<string, Entry[]>(entryIds.map((id) => [id, []]));
  let open = entryIds;
  let documentsRead = 0;
  for (let link = 1; link <= MAX_CHAIN && open.length > 0; link += 1) {
    const keys = open.map((id) => entryKey(correctionIdOf(id, link)));
    const found = await store.read(keys, deadlineMs);
    documentsRead += keys.length;
    open = open.filter((id, index) => {
      const correction = found[index];
      if (correction) chains.get(id)?.push(correction.fields as unknown as Entry);
      return correction !== undefined;
    });
  }
  return { chains, documentsRead };
}
