import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { EntryItem, ListEntriesResponse } from "../../functions/src/contracts/entries.ts";
import { call } from "./harness/callable.ts";
import { pagesOf } from "./harness/pages.ts";
import { inParallel } from "./harness/parallel.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import type { Stored } from "./harness/store.ts";
import { entriesOf, sumOfEntries } from "./harness/sums.ts";
import { chat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

const MODELS = ["gpt-4o-mini", "gpt-4o", "sim-free"];

let admin: Person;
let ann: Person;
let ben: Person;
let entries: Stored[];

beforeAll(async () => {
  [admin, ann, ben] = await Promise.all([
    signUp("list-admin", { admin: true }),
    signUp("list-ann"),
    signUp("list-ben"),
  ]);
  await inParallel(11, 3, (index) =>
    chat(ann, `Question ${index} [sim tokens=${10 + index}]`, {
      model: MODELS[index % MODELS.length],
      agent: `agent/${index % 2}`,
    }),
  );
  entries = await entriesOf(ann.uid);
}, SLOW_MS);

describe("listEntries", () => {
  it("gives every entry once, newest first, a page at a time", async () => {
    const listed = await pagesOf<EntryItem>("listEntries", ann, { limit: 4 });
    expect(listed.map(({ entryId }) => entryId).sort()).toEqual(entries.map(({ id }) => id).sort());
    const starts = listed.map(({ startedAt }) => Date.parse(startedAt));
    expect(starts).toEqual([...starts].sort((a, b) => b - a));
    const cost = listed.reduce((all, { costNanoUsd }) => all + costNanoUsd, 0);
    expect(cost).toBe(sumOfEntries(entries).costNanoUsd);
  });

  it("keeps to itself what is of no use outside", async () => {
    const { items } = await call<ListEntriesResponse>("listEntries", ann, { limit: 1 });
    for (const inner of ["nonce", "payloadHash", "add", "windows", "shard", "schemaVersion"]) {
      expect(items[0]).not.toHaveProperty(inner);
    }
  });

  it("shows users their own only, and admins anybody's", async () => {
    expect((await call<ListEntriesResponse>("listEntries", ben, {})).items).toEqual([]);
    const seen = await call<ListEntriesResponse>("listEntries", admin, { userId: ann.uid });
    expect(seen.items).toHaveLength(entries.length);
    const all = await call<ListEntriesResponse>("listEntries", admin, { limit: 200 });
    expect(all.items.length).toBeGreaterThanOrEqual(entries.length);
  });

  it("can look at a part of them", async () => {
    const filters = { agent: "agent/1", model: "openai/gpt-4o" };
    const { items } = await call<ListEntriesResponse>("listEntries", ann, { filters });
    const wanted = entries.filter(
      ({ fields }) => fields.agent === filters.agent && fields.model === filters.model,
    );
    expect(items.map(({ entryId }) => entryId).sort()).toEqual(wanted.map(({ id }) => id).sort());
  });
});
