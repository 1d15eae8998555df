import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { QUERIES, type QuerySpec } from "../../functions/src/firestore/queries.ts";
import { CLIENT_QUERIES } from "./client-queries.ts";
import { type FieldOverride, type IndexFile, readIndexFile } from "./index-file.ts";
import { answerTo, needOf } from "./needed.ts";

const SOURCE = join(import.meta.dirname, "../../functions/src");
const ALL: readonly (readonly [string, QuerySpec])[] = [
  ...Object.entries(QUERIES),
  ...Object.entries(CLIENT_QUERIES),
];

/** Collections that calls write to: default indexes would make each of their documents 15 times as large. */
const EXEMPT = [
  "budget_windows",
  "usage_daily",
  "usage_holds",
  "usage_monthly",
  "usage_outbox",
  "usage_sessions",
  "usage_totals",
  "usage_tracking",
];
/** Never holds and the outbox: they are money that is still to be booked. */
const EXPIRING = ["budget_alerts", "budget_windows", "usage_tracking"];

let file: IndexFile;

beforeAll(async () => {
  file = await readIndexFile();
});

function answers() {
  return ALL.map(([, spec]) => answerTo(needOf(spec), file));
}

function nameOf({ collectionGroup, fieldPath }: FieldOverride): string {
  return `${collectionGroup}.${fieldPath}`;
}

describe("firestore.indexes.json", () => {
  it.each(ALL)("answers the query %s", (_, spec) => {
    expect(answerTo(needOf(spec), file)).not.toMatchObject({ by: "nothing" });
  });

  it("holds no composite index that no query uses", () => {
    const used = new Set(
      answers().flatMap((answer) => (answer.by === "composite" ? [answer.index] : [])),
    );
    expect(file.indexes.filter((index) => !used.has(index))).toEqual([]);
  });

  it("holds no index of a single field that no query uses", () => {
    const used = answers().flatMap((answer) =>
      answer.by === "single fields" ? answer.overrides.map(nameOf) : [],
    );
    const given = file.fieldOverrides.filter(({ indexes }) => indexes.length > 0).map(nameOf);
    expect(given.sort()).toEqual([...new Set(used)].sort());
  });

  it("exempts the collections that calls write to", () => {
    const exempt = file.fieldOverrides.filter(({ fieldPath }) => fieldPath === "*");
    expect(exempt.map(({ collectionGroup }) => collectionGroup).sort()).toEqual(EXEMPT);
    expect(exempt.every(({ indexes }) => indexes.length === 0)).toBe(true);
  });

  it("lets entries, alerts and windows expire, and nothing else", () => {
    const expiring = file.fieldOverrides.filter(({ ttl }) => ttl);
    expect(expiring.map(nameOf).sort()).toEqual(EXPIRING.map((name) => `${name}.expireAt`));
    expect(expiring.every(({ indexes }) => indexes.length === 0)).toBe(true);
  });

  it("names each field and each index once", () => {
    const names = file.fieldOverrides.map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    const indexes = file.indexes.map((index) => JSON.stringify(index));
    expect(new Set(indexes).size).toBe(indexes.length);
  });

  it("begins every index of entries with what spreads writes", () => {
    const spread = ["userId", "apiKeyId", "agent", "department", "orgId", "shard"];
    const leads = file.indexes
      .filter(({ collectionGroup }) => collectionGroup === "usage_tracking")
      .map(({ fields }) => fields[0]?.fieldPath);
    expect(leads.filter((lead) => lead === undefined || !spread.includes(lead))).toEqual([]);
  });
});

describe("the code", () => {
  it("makes queries from the list alone", async () => {
    const paths = await readdir(SOURCE, { recursive: true });
    const sources = paths.filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));
    const offenders: string[] = [];
    for (const path of sources.filter((path) => path !== join("firestore", "queries.ts"))) {
      const text = await readFile(join(SOURCE, path), "utf8");
      if (/\.where\(|\.orderBy\((?!FieldPath\.documentId\(\))/.test(text)) offenders.push(path);
    }
    expect(offenders).toEqual([]);
  });

  it("makes every query of the list", async () => {
    const paths = (await readdir(join(SOURCE, "firestore"))).filter((path) => path.endsWith(".ts"));
    const texts = await Promise.all(
      paths.map((path) => readFile(join(SOURCE, "firestore", path), "utf8")),
    );
    const code = texts.join("\n");
    expect(Object.keys(QUERIES).filter((name) => !code.includes(`QUERIES.${name}`))).toEqual([]);
  });
});
