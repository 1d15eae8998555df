import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Fleet } from "./fleet.ts";
import type { Random } from "./random.ts";

/** Eventarc repeats what was not acknowledged for a day; here for this often. */
const MAX_TRIES = 50;
const REPEAT_AFTER_MS = 200;

export interface EventFaults {
  /** Share of events that never go on, that go on twice or three times. */
  readonly dropped: number;
  readonly doubled: number;
  /** Each delivery goes on so late at most, by chance, and so out of order. */
  readonly maxDelayMs: number;
}

export interface EventProxy {
  /** Host and port, for the Firestore emulator to take for those of the functions emulator. */
  readonly address: string;
  readonly counts: { events: number; dropped: number; deliveries: number; repeats: number };
  /** From now on events go to these instances; until then nobody takes one. */
  deliverTo(instances: Fleet): void;
  /** Resolves once every delivery under way is acknowledged. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

interface Event {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * An HTTP proxy between the Firestore emulator, which sends each event once and in order, and instances of a function, to
 * which events come as badly as it is told. The emulator is answered at once, for it would not send the next before.
 */
export async function eventProxy(random: Random, faults: EventFaults): Promise<EventProxy> {
  const counts = { events: 0, dropped: 0, deliveries: 0, repeats: 0 };
  const under = new Set<Promise<void>>();
  const ready = Promise.withResolvers<Fleet>();

  const deliver = async (event: Event, delayMs: number) => {
    const instances = await ready.promise;
    await pause(delayMs);
    counts.deliveries += 1;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const status = await post(await instances.url(random), event).catch(() => 0);
      if (status >= 200 && status < 300) return;
      counts.repeats += 1;
      await pause(REPEAT_AFTER_MS);
    }
    throw new Error(`nobody took the event of ${event.headers["ce-document"]}`);
  };
  const take = (event: Event) => {
    counts.events += 1;
    const copies = copiesOf(random, faults);
    if (copies === 0) counts.dropped += 1;
    for (let copy = 0; copy < copies; copy += 1) {
      under.add(deliver(event, random.from(0, faults.maxDelayMs)));
    }
  };
  const server = createServer(async (request, response) => {
    const event = await eventOf(request);
    response.end();
    take(event);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    deliverTo: ready.resolve,
    idle: async () => void (await Promise.all(under)),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The emulator sends the data in base64 for firebase-tools to decode; Eventarc sends the bytes. */
async function eventOf(request: IncomingMessage): Promise<Event> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  const own = Object.entries(request.headers).filter(
    ([name]) => name.startsWith("ce-") || name === "content-type",
  );
  const headers = Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
  return { headers, body: Buffer.from(text, "base64") };
}

async function post(url: string, { headers, body }: Event): Promise<number> {
  const response = await fetch(url, { method: "POST", headers, body: new Uint8Array(body) });
  await response.arrayBuffer();
  return response.status;
}

function copiesOf(random: Random, { dropped, doubled }: EventFaults): number {
  if (random.happens(dropped)) return 0;
  return random.happens(doubled) ? random.from(2, 3) : 1;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
