import {
  collection,
  deleteDoc,
  doc,
  type Firestore,
  getDoc,
  getDocs,
  limit,
  type Query,
  query,
  setDoc,
  updateDoc,
  where,
} from "firebase/firestore";
import { uidOf, type Who } from "./people.ts";
import type { Place } from "./places.ts";

export const OPERATIONS = [
  "get",
  "list own",
  "list all",
  "list another's",
  "create",
  "update",
  "delete",
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** What is tried: by whose client, where, and whose document it is about. */
interface Attempt {
  readonly db: Firestore;
  readonly place: Place;
  readonly aim: string;
}

const PAGE = limit(200);

/** Each operation answers with the ids that it read. */
const ATTEMPTS: Record<Operation, (attempt: Attempt) => Promise<string[]>> = {
  get: async (attempt) => {
    const found = await getDoc(target(attempt));
    return found.exists() ? [found.id] : [];
  },
  "list own": (attempt) => ids(filtered(attempt)),
  "list all": ({ db, place }) => ids(query(collection(db, place.collection), PAGE)),
  "list another's": (attempt) => ids(filtered(attempt)),
  create: ({ db, place, aim }) =>
    wrote(setDoc(doc(db, place.collection, `new-${aim}`), place.documentFor(aim))),
  update: (attempt) => wrote(updateDoc(target(attempt), { costNanoUsd: 0 })),
  delete: (attempt) => wrote(deleteDoc(target(attempt))),
};

export function attempt(operation: Operation, who: Who, db: Firestore, place: Place) {
  return ATTEMPTS[operation]({ db, place, aim: aimOf(operation, who) });
}

/** Whose document an operation is about: the owner's, unless it says otherwise. */
export function aimOf(operation: Operation, who: Who): string {
  if (operation === "list own" || operation === "create") return uidOf(who);
  return uidOf(operation === "list another's" && who === "owner" ? "other" : "owner");
}

function target({ db, place, aim }: Attempt) {
  return doc(db, place.collection, place.idFor(aim));
}

function filtered({ db, place, aim }: Attempt): Query {
  return query(collection(db, place.collection), where("userId", "==", aim), PAGE);
}

async function ids(asked: Query): Promise<string[]> {
  const found = await getDocs(asked);
  return found.docs.map(({ id }) => id);
}

async function wrote(write: Promise<void>): Promise<string[]> {
  await write;
  return [];
}
