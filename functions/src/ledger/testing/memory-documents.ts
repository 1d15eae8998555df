import type {
  CommitOutcome,
  Counters,
  DocumentKey,
  Fields,
  Snapshot,
  Version,
  Write,
} from "../plan.ts";

type Applied =
  | { readonly status: "done"; readonly versions: readonly Version[] }
  | { readonly status: "refused"; readonly why: Refusal };
type Refusal = Extract<CommitOutcome, { status: "refused" }>["why"];

class Refused extends Error {
  readonly why: Refusal;

  constructor(why: Refusal) {
    super(why);
    this.why = why;
  }
}

/** Firestore's documents as far as plans see them: atomic commits with preconditions, merges, increments. */
export class MemoryDocuments {
  private documents = new Map<string, Snapshot>();
  private lastVersion = 0;
  /** Told of every document that a commit made, changed or deleted. */
  onChanged: (doc: DocumentKey, before: Fields | undefined, after: Fields | undefined) => void =
    () => {};
  /** Told after each commit that has landed. */
  onLanded: () => void = () => {};

  get({ collection, id }: DocumentKey): Snapshot | undefined {
    return this.documents.get(`${collection}/${id}`);
  }

  list(collection: DocumentKey["collection"]): { id: string; snapshot: Snapshot }[] {
    const prefix = `${collection}/`;
    return [...this.documents]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, snapshot]) => ({ id: path.slice(prefix.length), snapshot }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Everything as it is now, and stays. */
  atThisInstant(): MemoryDocuments {
    const copy = new MemoryDocuments();
    copy.documents = this.documents;
    return copy;
  }

  /** Applies a plan whole or not at all, write after write as Firestore does. */
  apply(writes: readonly Write[]): Applied {
    const staged = new Map(this.documents);
    this.lastVersion += 1;
    const version = String(this.lastVersion);
    try {
      for (const write of writes) {
        const path = `${write.doc.collection}/${write.doc.id}`;
        const before = staged.get(path);
        const fields = fieldsAfter(write, before);
        if (fields) staged.set(path, { fields, version });
        else staged.delete(path);
      }
    } catch (refusal) {
      if (refusal instanceof Refused) return { status: "refused", why: refusal.why };
      throw refusal;
    }
    const before = this.documents;
    this.documents = staged;
    for (const [path, doc] of new Map(
      writes.map(({ doc }) => [`${doc.collection}/${doc.id}`, doc]),
    )) {
      this.onChanged(doc, before.get(path)?.fields, staged.get(path)?.fields);
    }
    this.onLanded();
    return { status: "done", versions: writes.map(() => version) };
  }
}

/** What stands there after a write; undefined: nothing. */
function fieldsAfter(write: Write, before: Snapshot | undefined): Fields | undefined {
  switch (write.kind) {
    case "create":
      if (before) throw new Refused("exists");
      return write.fields;
    case "absent":
      if (before) throw new Refused("exists");
      return undefined;
    case "delete":
      if (write.version !== undefined && before?.version !== write.version) {
        throw new Refused("stale");
      }
      if (!before) throw new Refused("missing");
      return undefined;
    case "update":
      if (before?.version !== write.version) throw new Refused("stale");
      return withLeaves(
        { ...before.fields, ...write.fields },
        write.add ?? {},
        (value, by) => value + by,
        0,
      );
    case "add": {
      const { set, add, min = {}, max = {} } = write;
      const merged = { ...before?.fields, ...set };
      const added = withLeaves(merged, add, (value, by) => value + by, 0);
      const lowered = withLeaves(added, min, Math.min, Number.POSITIVE_INFINITY);
      return withLeaves(lowered, max, Math.max, Number.NEGATIVE_INFINITY);
    }
    default:
      return write satisfies never;
  }
}

function withLeaves(
  fields: Fields,
  tree: Counters,
  combine: (stored: number, given: number) => number,
  absent: number,
): Fields {
  const result: Record<string, unknown> = { ...fields };
  for (const [key, given] of Object.entries(tree)) {
    const stored = result[key];
    result[key] =
      typeof given === "number"
        ? combine(typeof stored === "number" ? stored : absent, given)
        : withLeaves((stored ?? {}) as Fields, given, combine, absent);
  }
  return result;
}
