import { afterAll, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Counters, DocumentKey, Fields, Write } from "../../ledger/plan.ts";
import { refOf, snapshotOf } from "../documents.ts";
import { bothClients } from "../testing/clients.ts";
import { emulatorDatabase, emulatorProject } from "../testing/emulator.ts";

const db = emulatorDatabase("same");
// Integers are read as BigInt, so that they differ from doubles of the same size.
db.settings({ useBigInt: true });
const clients = bothClients(db, emulatorProject("same"));
const DEADLINE_MS = 10_000;
const RUNS = { numRuns: 50 };
const TIMEOUT_MS = 60_000;
type Name = "sdk" | "wire";
let ids = 0;

afterAll(() => Promise.all([db.terminate(), clients.close()]));

/** What names of models, agents and providers' usage objects may be made of. */
const key = fc
  .oneof(
    fc.constantFrom(
      "a",
      "b_1",
      "openai/gpt-4.1",
      "a.b",
      "~other",
      "`",
      "\\",
      " ",
      "9",
      "ü",
      "日本",
    ),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 150 }),
  )
  .filter((text) => !/^__.*__$/s.test(text));

const leaf = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 127, 128, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, 1 - 2 ** 53),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.date({
    min: new Date("0001-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(fc.oneof(leaf, fc.dictionary(key, leaf, { maxKeys: 3, noNullPrototype: true })), {
      maxLength: 5,
    }),
    fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
}));
const fields: fc.Arbitrary<Fields> = fc.dictionary(key, value, {
  maxKeys: 12,
  noNullPrototype: true,
});
const counters: fc.Arbitrary<Counters> = fc.letrec<{ tree: Counters }>((tie) => ({
  tree: fc.dictionary(
    key,
    fc.oneof({ maxDepth: 3 }, fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), tie("tree")),
    { minKeys: 1, maxKeys: 4, noNullPrototype: true },
  ) as fc.Arbitrary<Counters>,
})).tree;

it(
  "creates the same document as the SDK, of any data",
  async () => {
    await fc.assert(
      fc.asyncProperty(fields, async (data) => {
        const stored = await byBoth((doc) => [[{ kind: "create", doc, fields: data }]]);
        expect(stored.wire).toEqual(stored.sdk);
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

it(
  "adds, lowers, raises and merges as the SDK does, into nothing and into what is there",
  async () => {
    const contribution = fc.record({ set: fields, add: counters, min: counters, max: counters });
    await fc.assert(
      fc.asyncProperty(contribution, contribution, async (first, second) => {
        const under = ({ set, add, min, max }: typeof first) => ({
          set: { set },
          add: { add },
          min: { min },
          max: { max },
        });
        const stored = await byBoth((doc) =>
          [first, second].map((part): Write[] => [
            { kind: "create", doc: freshDoc("usage_outbox"), fields: {} },
            { kind: "add", doc, ...under(part) },
          ]),
        );
        expect(stored.wire).toEqual(stored.sdk);
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

it(
  "replaces whole fields, adds to others and leaves the rest, as the SDK's update does",
  async () => {
    const named = fc.dictionary(fc.stringMatching(/^[a-d]$/), value, {
      minKeys: 1,
      noNullPrototype: true,
    });
    await fc.assert(
      fc.asyncProperty(named, named, async (before, after) => {
        const stored = await byBoth((doc, version) => [
          [{ kind: "create", doc, fields: before }],
          [{ kind: "update", doc, fields: after, version: version() }],
        ]);
        expect(stored.wire).toEqual(stored.sdk);
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

type Steps = (doc: DocumentKey, version: () => string) => readonly Write[][];

/** The document that the same steps make by either client. */
async function byBoth(steps: Steps): Promise<Record<Name, Fields | undefined>> {
  return { sdk: await made("sdk", steps), wire: await made("wire", steps) };
}

async function made(name: Name, steps: Steps): Promise<Fields | undefined> {
  const doc = freshDoc("usage_monthly");
  let version = "";
  const count = steps(doc, () => version).length;
  for (let step = 0; step < count; step += 1) {
    const writes = steps(doc, () => version)[step] as Write[];
    const outcome = await clients[name](writes, DEADLINE_MS);
    if (outcome.status !== "done") throw new Error(`${name}: ${JSON.stringify(outcome)}`);
    version = outcome.versions[0] as string;
  }
  return snapshotOf(await refOf(db, doc).get())?.fields;
}

function freshDoc(collection: DocumentKey["collection"]): DocumentKey {
  ids += 1;
  return { collection, id: `same-${ids}` };
}
