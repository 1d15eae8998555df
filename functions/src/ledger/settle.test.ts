import { describe, expect, it } from "@jest/globals";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { correctionIdOf, shardOf, twinIdOf } from "../core/ids.ts";
import { expiredEntry } from "./care.ts";
import type { Entry, EntryDraft } from "./entry.ts";
import type { Snapshot, Write } from "./plan.ts";
import {
  type FoundForSettlement,
  type FoundPlace,
  planContested,
  planSettle,
  type Settlement,
} from "./settle.ts";
import { sampleAdmission } from "./testing/sample-admission.ts";
import { RETENTION_DAYS, sampleDraft, sampleHold } from "./testing/sample-call.ts";

const NOW = new Date("2026-11-22T14:00:00Z");
const SHARDS = 16;
const hold = sampleHold({ requestId: "r1", nonce: "own", startedAtMs: NOW.getTime() });
const draft = sampleDraft(hold, { input: 10, output: 5 });
const settlement: Settlement = {
  entries: [draft],
  holdId: hold.holdId,
  hold: { holdId: hold.holdId, version: "7", windows: hold.windows },
};
const expired = expiredEntry(hold, NOW, RETENTION_DAYS);

describe("planSettle", () => {
  it("creates entry and outbox, and deletes the hold as it landed, in one commit", () => {
    expect(planSettle([settlement], context())).toEqual([
      {
        kind: "create",
        doc: { collection: "usage_tracking", id: draft.entryId },
        fields: { ...draft, shard: shardOf(draft.entryId, SHARDS) },
      },
      {
        kind: "create",
        doc: { collection: "usage_outbox", id: "random-1" },
        fields: {
          createdAt: NOW,
          entryIds: [draft.entryId],
          targets: expect.any(Array),
          settledWindows: [],
        },
      },
      {
        kind: "delete",
        doc: { collection: "usage_holds", id: hold.holdId },
        version: "7",
      },
    ]);
  });

  it("gives a whole batch one shard and one outbox document", () => {
    const other = sampleDraft(sampleHold({ requestId: "r2", nonce: "n2", startedAtMs: 0 }), {});
    const writes = planSettle([settlement, { ...settlement, entries: [other] }], context());
    const shards = entriesIn(writes).map(({ shard }) => shard);
    expect(shards).toEqual([shards[0], shards[0]]);
    expect(writes.filter(({ doc }) => doc.collection === "usage_outbox")).toHaveLength(1);
  });

  it("moves block windows in the same commit: spent by the entries, back what the holds took", () => {
    const { hold, draft } = admitted();
    const batch: Settlement = {
      entries: [draft],
      holdId: hold.holdId,
      hold: { holdId: hold.holdId, version: "7", windows: hold.windows },
    };
    const add = { spent: draft.costNanoUsd, held: -1_000_000 };
    expect(planSettle([batch], context()).at(-1)).toMatchObject({ kind: "add", add });
    const unheld = planSettle([{ ...batch, hold: null }], context());
    expect(unheld.at(-1)).toMatchObject({ kind: "add", add: { spent: draft.costNanoUsd } });
  });

  it("leaves a hold alone that is not known to have landed", () => {
    const writes = planSettle([{ ...settlement, hold: null }], context());
    expect(writes.map(({ kind }) => kind)).toEqual(["create", "create"]);
  });
});

describe("planContested", () => {
  it("creates the entry where there is none, and takes the hold that it finds", () => {
    const writes = plan({}, { hold: snapshot({ ...hold }, "9") });
    expect(entriesIn(writes).map(({ entryId }) => entryId)).toEqual([draft.entryId]);
    expect(writes.at(-1)).toMatchObject({ kind: "delete", version: "9" });
  });

  it("is done when its own entry is there and its hold is gone", () => {
    expect(plan({ there: snapshot({ ...draft }) })).toEqual([]);
  });

  it("gives back its own hold that was left behind", () => {
    const writes = plan({ there: snapshot({ ...draft }) }, { hold: snapshot({ ...hold }) });
    expect(writes.map(({ kind, doc }) => [kind, doc.collection])).toEqual([
      ["delete", "usage_holds"],
    ]);
  });

  it("gives back what the stored hold says, and books what is not booked yet", () => {
    const { hold, draft } = admitted();
    const mine = { entries: [draft], holdId: hold.holdId, hold: null };
    const both = plan({}, { hold: snapshot({ ...hold }), settlement: mine });
    expect(both.at(-1)).toMatchObject({ add: { spent: draft.costNanoUsd, held: -1_000_000 } });
    const there = { there: snapshot({ ...draft }) };
    const late = plan(there, { hold: snapshot({ ...hold }), settlement: mine });
    expect(late.map(({ kind }) => kind)).toEqual(["delete", "add"]);
    expect(late.at(-1)).toMatchObject({ add: { held: -1_000_000 } });
  });

  it("corrects a window by the difference to what care has guessed", () => {
    const { hold, draft } = admitted();
    const guess = expiredEntry(hold, NOW, RETENTION_DAYS);
    const mine = { entries: [draft], holdId: hold.holdId, hold: null };
    const writes = plan({ there: snapshot({ ...guess }) }, { settlement: mine });
    const spent = draft.costNanoUsd - guess.costNanoUsd;
    expect(spent).toBeLessThan(0);
    expect(writes.at(-1)).toMatchObject({ kind: "add", add: { spent } });
  });

  it("never touches another's hold", () => {
    const writes = plan({}, { hold: snapshot({ nonce: "another's" }) });
    expect(writes.some(({ kind }) => kind === "delete")).toBe(false);
  });

  it("corrects what care has guessed", () => {
    const writes = plan({ there: snapshot({ ...expired }) });
    expect(entriesIn(writes)).toMatchObject([
      { entryId: correctionIdOf(draft.entryId, 1), kind: "correction", nonce: "own" },
    ]);
  });

  it("corrects it once", () => {
    const correction = { ...draft, kind: "correction", nonce: "own" };
    expect(plan({ there: snapshot({ ...expired }), chain: [snapshot(correction)] })).toEqual([]);
  });

  it("guesses only once", () => {
    const guess = { ...settlement, entries: [expired] };
    expect(plan({ there: snapshot({ ...expired }) }, { settlement: guess })).toEqual([]);
    expect(plan({ there: snapshot({ ...draft }) }, { settlement: guess })).toEqual([]);
  });

  it("stands beside another's entry, for a call that really ran twice", () => {
    const writes = plan({ there: snapshot({ ...draft, nonce: "another's" }) });
    expect(entriesIn(writes)).toMatchObject([
      { entryId: twinIdOf(draft.entryId, "own"), nonce: "own", requestId: "r1" },
    ]);
  });

  it("is done when it stands there already", () => {
    const another = snapshot({ ...draft, nonce: "another's" });
    expect(plan({ there: another, twin: snapshot({ ...draft }) })).toEqual([]);
  });

  it("corrects what care has guessed beside another's entry", () => {
    const twinId = twinIdOf(draft.entryId, "own");
    const writes = plan({
      there: snapshot({ ...draft, nonce: "another's" }),
      twin: snapshot({ ...expired, entryId: twinId }),
    });
    expect(entriesIn(writes)).toMatchObject([
      { entryId: correctionIdOf(twinId, 1), correctsId: twinId },
    ]);
  });
});

function admitted() {
  const request = sampleAdmission({
    requestId: "r1",
    nonce: "own",
    startedAtMs: NOW.getTime(),
    budgets: [sampleBudget({ enforcement: "block" })],
  });
  const hold = request.holdFor(250, [1_000_000]);
  return { hold, draft: sampleDraft(hold, { input: 10, output: 5 }) };
}

function plan(
  place: Partial<FoundPlace>,
  more: { hold?: Snapshot; settlement?: Settlement } = {},
): Write[] {
  const found: FoundForSettlement = {
    places: [{ there: undefined, twin: undefined, chain: [], ...place }],
    hold: more.hold,
  };
  return planContested(more.settlement ?? settlement, found, context());
}

function context() {
  let ids = 0;
  return {
    now: NOW,
    shards: SHARDS,
    randomId: () => {
      ids += 1;
      return `random-${ids}`;
    },
  };
}

function snapshot(fields: Partial<EntryDraft> | Record<string, unknown>, version = "1"): Snapshot {
  return { fields: { ...fields }, version };
}

function entriesIn(writes: readonly Write[]): Entry[] {
  return writes.flatMap((write) =>
    write.kind === "create" && write.doc.collection === "usage_tracking"
      ? [write.fields as unknown as Entry]
      : [],
  );
}
