import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { pendingOf } from "./harness/aggregated.ts";
import { deliverCreated } from "./harness/events.ts";
import { useDoors, useEventFunction } from "./harness/framework.ts";
import { ownProject } from "./harness/own-project.ts";
import { inParallel } from "./harness/parallel.ts";
import { register, unsignedToken } from "./harness/people.ts";
import { fireServed } from "./harness/schedule.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { find, type Stored } from "./harness/store.ts";
import { entriesOf, sumOfEntries, sumOfField, sumOverKeys, type Tree } from "./harness/sums.ts";
import { chat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

const REQUESTS = 120;

const { project, env } = ownProject("triggers");
/** Few shards, so that events meet on the same documents. */
const served = { ...env, DAY_SHARDS: "2" };

const doors = useDoors(served);
const instances = [1, 2].map(() => useEventFunction("aggregateUsage", served));

const uid = "ann";
const ann = () => ({
  idToken: unsignedToken(uid, { orgId: "acme", department: "sales" }, project),
  url: doors().url,
});

/** To which instances an outbox document's event goes. */
type Fate = readonly number[];

/** Every event twice at once, to two instances or to the same one; one in ten not at all. */
function fateOf(index: number): Fate {
  if (index % 10 === 7) return [];
  return index % 3 === 0 ? [0, 1] : [index % 2, index % 2];
}

async function deliver(outbox: readonly Stored[]): Promise<number[]> {
  const statuses: number[] = [];
  const deliverOne = async (instance: number, document: Stored) => {
    const url = instances[instance]?.().url ?? "";
    statuses.push(await deliverCreated(url, project, "usage_outbox", document));
  };
  await inParallel(outbox.length, 8, async (index) => {
    const document = outbox[index] as Stored;
    await Promise.all(fateOf(index).map((instance) => deliverOne(instance, document)));
  });
  return statuses;
}

const careIn = (minutes: number) => fireServed(doors().url, "careForLedger", minutes);

describe("events that come twice, out of order, or never", () => {
  let outbox: Stored[];
  let entries: Stored[];
  let sum: Tree;

  beforeAll(async () => {
    await register(project, { localId: uid });
    await inParallel(REQUESTS, 8, (index) =>
      chat(ann(), `Question ${index} [sim tokens=${5 + (index % 20)}]`, {
        model: index % 2 === 0 ? "gpt-4o-mini" : "gpt-4o",
        sessionId: `s${index % 3}`,
        agent: `agent ${index % 4}`,
      }),
    );
    outbox = await pendingOf([uid], project);
    entries = await entriesOf(uid, { project });
    sum = sumOfEntries(entries);
  }, SLOW_MS);

  it("find every entry in the outbox, in batches of those that came together", () => {
    const entryIds = outbox.flatMap(({ fields }) => fields.entryIds as string[]);
    expect(entries).toHaveLength(REQUESTS);
    expect(entryIds.sort()).toEqual(entries.map(({ id }) => id).sort());
    expect(outbox.length).toBeGreaterThan(20);
  });

  it("are all acknowledged, the second time too", async () => {
    const statuses = await deliver(outbox);
    expect(statuses.length).toBeGreaterThan(outbox.length);
    expect(new Set(statuses.map((status) => Math.floor(status / 100)))).toEqual(new Set([2]));
  });

  it("leave in the outbox what never came, and nothing else", async () => {
    const lost = outbox.filter((_, index) => fateOf(index).length === 0);
    const left = await pendingOf([uid], project);
    expect(left.map(({ id }) => id).sort()).toEqual(lost.map(({ id }) => id).sort());
    expect(lost.length).toBeGreaterThan(0);
  });

  it("are made good by a care that runs a minute later", async () => {
    await careIn(2);
    expect(await find("usage_outbox", {}, { project })).toEqual([]);
    await expectSums();
  });

  it("change nothing when all of them come once more, and care runs again", async () => {
    await deliver(outbox);
    await inParallel(outbox.length, 4, (index) =>
      deliverCreated(instances[0]?.().url ?? "", project, "usage_outbox", outbox[index] as Stored),
    );
    await careIn(3);
    await expectSums();
  });

  /** All aggregates, whole: nobody else is in this project. */
  async function expectSums(): Promise<void> {
    const of = (collection: string) => find(collection, {}, { project });
    const [months, sessions, days, totals] = await Promise.all(
      ["usage_monthly", "usage_sessions", "usage_daily", "usage_totals"].map(of),
    );
    for (const documents of [months, sessions, days, totals]) {
      expect(sumOfField(documents ?? [], "totals")).toEqual(sum);
    }
    for (const map of ["byModel", "byAgent", "byDepartment", "byOrg"]) {
      expect(sumOverKeys(sumOfField(days ?? [], map))).toEqual(sum);
    }
  }
});

describe("care without hurry", () => {
  it("leaves young outbox documents to their trigger", async () => {
    await chat(ann(), "One more");
    await careIn(0);
    expect(await pendingOf([uid], project)).toHaveLength(1);
  });
});
