import type { Clock } from "../core/clock.ts";
import type { Cursor, Page } from "./port.ts";

/** Pages per run and list; the next run goes on. */
const MAX_PAGES = 200;
/** Documents of a page that are on their way at the same time: more would only contend for the same aggregates. */
const AT_ONCE = 8;
/** Per run and list: what is left is the next run's, for comparing needs its 90 s of the 240 of a run too. */
const MAX_LIST_MS = 40_000;
/** Stands for the id of a document when the list itself could not be read. */
const WHOLE_LIST = "*";

type List = "outbox" | "hold";
type PageAfter<T> = (cursor: Cursor | undefined) => Promise<Page<T>>;
type Job<T> = (id: string, value: T) => Promise<void>;

export interface CareRunDeps {
  readonly clock: Clock;
  reportFailure(what: List, id: string, cause: unknown): void;
}

/** Goes through lists, whatever fails, within their shares of a run. */
export class CareRun {
  failures = 0;
  isCut = false;
  private readonly deps: CareRunDeps;

  constructor(deps: CareRunDeps) {
    this.deps = deps;
  }

  eachOf<T>(list: List, pageAfter: PageAfter<T>, job: Job<T>): Promise<void> {
    const untilMs = this.deps.clock.nowMs() + MAX_LIST_MS;
    return this.attempt(list, WHOLE_LIST, () => this.eachPage(list, pageAfter, job, untilMs));
  }

  private async eachPage<T>(list: List, pageAfter: PageAfter<T>, job: Job<T>, untilMs: number) {
    let cursor: Cursor | undefined;
    for (let page = 0; page < MAX_PAGES && !this.isOver(untilMs); page += 1) {
      const { items, next } = await pageAfter(cursor);
      await this.eachItem(list, items, job, untilMs);
      if (!next) return;
      cursor = next;
    }
    this.isCut = true;
  }

  private async eachItem<T>(list: List, items: Page<T>["items"], job: Job<T>, untilMs: number) {
    const left = [...items].reverse();
    const lane = async () => {
      while (!this.isOver(untilMs)) {
        const item = left.pop();
        if (!item) return;
        await this.attempt(list, item.id, () => job(item.id, item.value));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    this.isCut ||= left.length > 0;
  }

  private async attempt(list: List, id: string, job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (cause) {
      this.failures += 1;
      this.deps.reportFailure(list, id, cause);
    }
  }

  private isOver(untilMs: number): boolean {
    return this.deps.clock.nowMs() >= untilMs;
  }
}
