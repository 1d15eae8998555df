import type { Connection } from "./connection.ts";

/**
 * A channel over which nothing has come for this long, although something was asked, is left by whoever misses a
 * deadline: its connection may be dead without anybody having been told. Each new one that is silent too is given
 * twice as long, so that in an outage of a minute some ten are opened and not a hundred.
 */
const FIRST_PATIENCE_MS = 1_000;
const MAX_PATIENCE_MS = 16_000;

/** A channel that is in use, or was left and still has commits that have not ended. */
export interface Channel {
  readonly opened: Promise<Connection>;
  pending: number;
  /** When something was asked of it first since it last answered. */
  silentSinceMs: number | undefined;
}

/** The channel that commits go through, and those that were left: they close when their last commit has ended. */
export class Channels {
  private readonly open: () => Promise<Connection>;
  private current: Channel | undefined;
  private readonly left = new Set<Channel>();
  private patienceMs = FIRST_PATIENCE_MS;

  constructor(open: () => Promise<Connection>) {
    this.open = open;
  }

  /** Every use ends with `heard` or `unheard`. */
  use(nowMs: number): Channel {
    this.current ??= this.openOne();
    const channel = this.current;
    channel.pending += 1;
    channel.silentSinceMs ??= nowMs;
    return channel;
  }

  /** An answer has come. */
  heard(channel: Channel): void {
    channel.silentSinceMs = undefined;
    if (channel === this.current) this.patienceMs = FIRST_PATIENCE_MS;
    this.release(channel);
  }

  /** It ended without one. */
  unheard(channel: Channel): void {
    this.release(channel);
  }

  /** Somebody waits no longer for an answer: after a long silence those who come next go another way. */
  missed(channel: Channel, nowMs: number): void {
    const silentMs = nowMs - (channel.silentSinceMs ?? nowMs);
    if (channel !== this.current || silentMs < this.patienceMs) return;
    this.patienceMs = Math.min(2 * this.patienceMs, MAX_PATIENCE_MS);
    this.current = undefined;
    this.left.add(channel);
    this.closeIfDone(channel);
  }

  async close(): Promise<void> {
    const all = this.current ? [...this.left, this.current] : [...this.left];
    this.current = undefined;
    this.left.clear();
    await Promise.all(all.map(closeOne));
  }

  private openOne(): Channel {
    const opened = this.open();
    const channel: Channel = { opened, pending: 0, silentSinceMs: undefined };
    opened.catch(() => {
      if (this.current === channel) this.current = undefined;
    });
    return channel;
  }

  private release(channel: Channel): void {
    channel.pending -= 1;
    this.closeIfDone(channel);
  }

  private closeIfDone(channel: Channel): void {
    if (channel.pending > 0 || !this.left.delete(channel)) return;
    void closeOne(channel);
  }
}

async function closeOne({ opened }: Channel): Promise<void> {
  (await opened.catch(() => undefined))?.client.close();
}
