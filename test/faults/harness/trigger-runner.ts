import { deliverCreated } from "../../e2e/harness/events.ts";
import { find, type Stored } from "../../e2e/harness/store.ts";
import type { Fleet } from "./fleet.ts";
import type { Random } from "./random.ts";

const LOOK_EVERY_MS = 50;
/** Eventarc repeats what was not acknowledged for a day; here for this often. */
const MAX_TRIES = 50;
const REPEAT_AFTER_MS = 200;

export interface TriggerFaults {
  /** Share of events that never come, that come twice or three times. */
  readonly dropped: number;
  readonly doubled: number;
  /** Each delivery comes so late at most, by chance, and so out of order. */
  readonly maxDelayMs: number;
}

/** Stands between the outbox and its trigger: sees new documents and POSTs their events, as badly as it is told. */
export interface TriggerRunner {
  /** Takes no new documents; resolves once every delivery under way is acknowledged. */
  stop(): Promise<void>;
  readonly counts: { events: number; dropped: number; deliveries: number; repeats: number };
  /** Every event that it has seen, dropped ones too. */
  seen(): readonly Stored[];
  /** Delivers an event of before once more. */
  deliverAgain(event: Stored): Promise<void>;
}

export function runTriggers(
  project: string,
  instances: Fleet,
  random: Random,
  faults: TriggerFaults,
): TriggerRunner {
  const counts = { events: 0, dropped: 0, deliveries: 0, repeats: 0 };
  const seen = new Map<string, Stored>();
  const under = new Set<Promise<void>>();
  let isStopped = false;

  /** As Eventarc does: until it is acknowledged, by whichever instance. */
  const deliver = async (event: Stored) => {
    counts.deliveries += 1;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const url = await instances.url(random);
      const status = await deliverCreated(url, project, "usage_outbox", event).catch(() => 0);
      if (status >= 200 && status < 300) return;
      counts.repeats += 1;
      await pause(REPEAT_AFTER_MS);
    }
    throw new Error(`nobody took the event of usage_outbox/${event.id}`);
  };
  const deliverLate = async (event: Stored, delayMs: number) => {
    await pause(delayMs);
    await deliver(event);
  };
  const take = (event: Stored) => {
    seen.set(event.id, event);
    counts.events += 1;
    const copies = copiesOf(random, faults);
    if (copies === 0) counts.dropped += 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const delivery = deliverLate(event, random.from(0, faults.maxDelayMs));
      under.add(delivery);
    }
  };
  const look = async () => {
    const outbox = await find("usage_outbox", {}, { project });
    for (const event of outbox) if (!seen.has(event.id)) take(event);
  };
  const keepLooking = async () => {
    while (!isStopped) {
      await look();
      await pause(LOOK_EVERY_MS);
    }
    await look();
  };
  const looking = keepLooking();
  return {
    counts,
    seen: () => [...seen.values()],
    deliverAgain: deliver,
    async stop() {
      isStopped = true;
      await looking;
      await Promise.all(under);
    },
  };
}

function copiesOf(random: Random, { dropped, doubled }: TriggerFaults): number {
  if (random.happens(dropped)) return 0;
  return random.happens(doubled) ? random.from(2, 3) : 1;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
