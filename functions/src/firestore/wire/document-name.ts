import type { DocumentKey } from "../../ledger/plan.ts";

/** Ids that Firestore would refuse, or that would lead elsewhere. */
const REFUSED = /^(\.{1,2}|__.*__|)$|\//;

/** @param database "projects/P/databases/D" @throws TypeError for an id that is none */
export function documentName(database: string, { collection, id }: DocumentKey): string {
  if (REFUSED.test(id)) throw new TypeError(`"${id}" cannot be the id of a document`);
  return `${database}/documents/${collection}/${id}`;
}
