import { describe, expect, it } from "@jest/globals";
import { Channels } from "./channels.ts";
import type { Connection } from "./connection.ts";

describe("Channels", () => {
  it("keeps one channel while answers come, however late", () => {
    const { channels } = setUp();
    const first = channels.use(0);
    channels.heard(channels.use(100));
    channels.missed(first, 5_000);
    expect(channels.use(5_000)).toBe(first);
  });

  it("leaves a channel that was silent for a second, and closes it when its last commit has ended", async () => {
    const { channels, closed } = setUp();
    const [first] = [channels.use(0), channels.use(500)];
    channels.missed(first, 999);
    expect(channels.use(999)).toBe(first);
    channels.missed(first, 1_000);
    const second = channels.use(1_000);
    expect(second).not.toBe(first);
    for (const end of ["heard", "unheard"] as const) channels[end](first);
    await settled();
    expect(closed).toEqual([]);
    channels.unheard(first);
    await settled();
    expect(closed).toEqual([0]);
  });

  it("opens fewer and fewer while all are silent, and starts anew after an answer", () => {
    const { channels, opened } = setUp();
    const openedBy = (untilMs: number) => {
      for (let nowMs = opened.atMs; nowMs <= untilMs; nowMs += 100) {
        opened.atMs = nowMs;
        channels.missed(channels.use(nowMs), nowMs);
      }
      return opened.count;
    };
    expect(openedBy(3_500)).toBe(3);
    expect(openedBy(60_000)).toBeLessThan(10);
    channels.heard(channels.use(60_000));
    const before = opened.count;
    expect(openedBy(61_200)).toBe(before + 1);
  });

  it("opens again after it could not be opened", async () => {
    const opens = [Promise.reject(new Error("no credentials")), Promise.resolve(connectionOf([]))];
    const channels = new Channels(() => opens.shift() as Promise<Connection>);
    const first = channels.use(0);
    await expect(first.opened).rejects.toThrow("no credentials");
    channels.unheard(first);
    expect(channels.use(1)).not.toBe(first);
  });

  it("closes all", async () => {
    const { channels, closed } = setUp();
    channels.missed(channels.use(0), 1_000);
    channels.use(1_000);
    await channels.close();
    expect(closed.sort()).toEqual([0, 1]);
  });
});

function setUp() {
  const closed: number[] = [];
  const opened = { count: 0, atMs: 0 };
  const channels = new Channels(async () => {
    opened.count += 1;
    return connectionOf(closed, opened.count - 1);
  });
  return { channels, closed, opened };
}

function connectionOf(closed: number[], name = 0): Connection {
  return { client: { close: () => closed.push(name) } } as unknown as Connection;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
