import type { Page } from "../../../functions/src/contracts/page.ts";
import { type Asker, call } from "./callable.ts";

/** A list never has more pages than this in a test; without it a cursor that goes in circles would never end. */
const MAX_PAGES = 500;

/** Every page of a list, none of which may be longer than was asked for. */
export async function pagesOf<Item>(
  door: string,
  who: Asker,
  data: { readonly limit: number; readonly [field: string]: unknown },
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const next: object = cursor === null ? {} : { cursor };
    const page: Page<Item> = await call<Page<Item>>(door, who, { ...data, ...next });
    if (page.items.length > data.limit) throw new Error(`a page of ${page.items.length} items`);
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) return items;
  }
  throw new Error(`${door} has more than ${MAX_PAGES} pages`);
}
