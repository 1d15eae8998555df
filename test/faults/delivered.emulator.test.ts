import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { eventually } from "../e2e/harness/eventually.ts";
import { type Served, serveDoors, serveEventFunction } from "../e2e/harness/framework.ts";
import { ownProject } from "../e2e/harness/own-project.ts";
import { inParallel } from "../e2e/harness/parallel.ts";
import { register, unsignedToken } from "../e2e/harness/people.ts";
import { fireServed } from "../e2e/harness/schedule.ts";
import { SLOW_MS } from "../e2e/harness/stack.ts";
import { chat } from "../e2e/harness/talk.ts";
import { booksOf, expectClosed } from "./harness/books.ts";
import { type EventProxy, eventProxy } from "./harness/event-proxy.ts";
import { type Fleet, startFleet } from "./harness/fleet.ts";
import { type OwnFirestore, startFirestore } from "./harness/own-firestore.ts";
import { seededBy } from "./harness/random.ts";

jest.setTimeout(SLOW_MS);

const CALLS = 80;
const FAULTS = { dropped: 0.15, doubled: 0.4, maxDelayMs: 1_000 };

const random = seededBy("delivered");
const { project, env: own } = ownProject("delivered");

describe("the emulator's own events, through a proxy that doubles, drops, delays and reorders them", () => {
  let firestore: OwnFirestore;
  let proxy: EventProxy;
  let aggregators: Fleet;
  let doors: Served;

  beforeAll(async () => {
    proxy = await eventProxy(random, FAULTS);
    firestore = await startFirestore(proxy.address);
    await firestore.onCreated(project, "usage_outbox");
    /** Few shards, so that events meet on the same documents. */
    const env = { ...own, FIRESTORE_EMULATOR_HOST: firestore.address, DAY_SHARDS: "2" };
    aggregators = await startFleet(2, () => serveEventFunction("aggregateUsage", env));
    proxy.deliverTo(aggregators);
    doors = await serveDoors(env);
    await register(project, { localId: "ann" });
    const ann = { idToken: unsignedToken("ann", {}, project), url: doors.url };
    await inParallel(CALLS, 8, async (index) => {
      if (index === CALLS / 2) await aggregators.killOne(random);
      await chat(ann, `Question ${index} [sim tokens=5]`, { sessionId: `s${index % 3}` });
    });
    await eventually(notDelivered, (left) => left === 0);
    const { events, dropped, deliveries, repeats } = proxy.counts;
    process.stdout.write(
      `delivered: ${events}, of which ${dropped} dropped; ${deliveries} deliveries, ${repeats} repeated\n`,
    );
  }, 2 * SLOW_MS);
  afterAll(() => Promise.all([doors.stop(), aggregators.stop(), proxy.close(), firestore.stop()]));

  /** The emulator sends one event at a time, so that the last ones come some time after their calls' answers. */
  async function notDelivered(): Promise<number> {
    await proxy.idle();
    const { outbox } = await booksOf(project, firestore.address);
    return outbox.length - proxy.counts.dropped;
  }

  it("leave in the outbox what never came, and nothing else", async () => {
    const { outbox, entries } = await booksOf(project, firestore.address);
    const { events, dropped, deliveries } = proxy.counts;
    expect(entries).toHaveLength(CALLS);
    expect(outbox).toHaveLength(dropped);
    expect(events).toBeGreaterThan(CALLS / 8);
    expect(deliveries).toBeGreaterThan(events - dropped);
  });

  it("count once, with what care makes good", async () => {
    await fireServed(doors.url, "careForLedger", 11);
    expectClosed(await booksOf(project, firestore.address));
  });
});
