import { collections, find } from "./store.ts";

/** Every document, of whatever collection, that mentions a user anywhere: "usage_tracking/abc". */
export async function footprintOf(userId: string): Promise<string[]> {
  const names = await collections();
  const found = await Promise.all(names.map((name) => mentions(name, userId)));
  return found.flat().sort();
}

async function mentions(collection: string, userId: string): Promise<string[]> {
  const documents = await find(collection);
  return documents
    .filter(({ id, raw }) => id.includes(userId) || JSON.stringify(raw).includes(userId))
    .map(({ id }) => `${collection}/${id}`);
}
