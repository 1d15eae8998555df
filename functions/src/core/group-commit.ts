import type { Clock } from "./clock.ts";

export interface GroupCommitOptions<Item, Result> {
  /**
   * Commits a batch; results stand in the order of the items. A rejection rejects every item of the batch.
   * @param leave gives one of its items a result before the others have theirs
   */
  commit(
    items: readonly Item[],
    leave: (item: Item, result: Result) => void,
  ): Promise<readonly Result[]>;
  clock: Clock;
  /** Items per batch at most. */
  maxItems: number;
  /** A batch in flight for longer no longer holds up the next one. */
  slowAfterMs: number;
  /** Batches in flight at most. */
  maxInFlight: number;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(reason: unknown): void;
}

/**
 * Batches writes inside the invocations that wait for them: an item that finds nothing in flight commits at once,
 * with what has reached the process by then; those that arrive meanwhile form the next batch. Every caller waits for its own commit, nothing runs after it.
 */
export class GroupCommit<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private inFlight = 0;
  private isLeaving = false;
  private slow = 0;
  private readonly options: GroupCommitOptions<Item, Result>;

  constructor(options: GroupCommitOptions<Item, Result>) {
    this.options = options;
  }

  /** Nothing waits and nothing is in flight. */
  get isIdle(): boolean {
    return this.inFlight === 0 && this.waiting.length === 0;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.pump();
    });
  }

  /** Resolves an item that still waits with this instead; one that is on its way goes on. */
  takeBack(item: Item, result: Result): void {
    const at = this.waiting.findIndex((waiting) => waiting.item === item);
    for (const { resolve } of at < 0 ? [] : this.waiting.splice(at, 1)) resolve(result);
  }

  private pump(): void {
    if (this.isLeaving || !this.mayLeave()) return;
    this.isLeaving = true;
    this.options.clock.soon(() => {
      this.isLeaving = false;
      while (this.mayLeave()) void this.run(this.waiting.splice(0, this.options.maxItems));
    });
  }

  private mayLeave(): boolean {
    const { maxInFlight } = this.options;
    return this.waiting.length > 0 && this.inFlight < maxInFlight && this.inFlight === this.slow;
  }

  private async run(batch: Waiting<Item, Result>[]): Promise<void> {
    this.inFlight += 1;
    let isSlow = false;
    const cancel = this.options.clock.schedule(this.options.slowAfterMs, () => {
      isSlow = true;
      this.slow += 1;
      this.pump();
    });
    try {
      const results = await this.options.commit(
        batch.map(({ item }) => item),
        (item, result) => batch.find((waiting) => waiting.item === item)?.resolve(result),
      );
      if (results.length !== batch.length)
        throw new Error("commit must return one result per item");
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (cause) {
      for (const { reject } of batch) reject(cause);
    } finally {
      cancel();
      this.inFlight -= 1;
      if (isSlow) this.slow -= 1;
      this.pump();
    }
  }
}
