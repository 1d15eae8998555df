import type { BudgetWindow } from "../budgets/alert.ts";
import type { Budget } from "../budgets/budget.ts";
import type { Clock } from "../core/clock.ts";
import { GroupCommit } from "../core/group-commit.ts";
import { Turns } from "../core/turns.ts";
import type { AdmissionRequest, AdmissionResult, Taken } from "./admission.ts";
import { type Attempted, type Item, unavailable } from "./admission-batch.ts";
import { AdmissionTries, BACK_OFF_MS, MAX_TRIES } from "./admission-tries.ts";
import type { LandedHold } from "./hold.ts";
import { lastAttempt } from "./last-attempt.ts";
import { Patience } from "./patience.ts";
import type { LedgerStore } from "./port.ts";
import { type Raise, tryRaise } from "./raise-hold.ts";

/** Holds per commit: each takes two writes at most, and windows one each. */
const MAX_BATCH = 100;
const SLOW_AFTER_MS = 300;
const WAIT_STEP_MS = [30, 120] as const;

export interface AdmitterDeps {
  readonly store: LedgerStore;
  readonly clock: Clock;
  /** 0 <= x < 1 */
  random(): number;
  /** Per try, but for one last look. */
  readonly deadlineMs: number;
  /** How long a request waits for settles to make room while nothing moves in the window that lacks it. */
  readonly waitMs: number;
  /** How long it waits in all. */
  readonly mostWaitMs: number;
  /** Puts into a window what was spent before its budget was known. */
  open(budget: Budget, window: BudgetWindow): Promise<void>;
}

/**
 * Admits requests against windows by compare and set: all windows of a request in one commit with its hold, all or
 * none. Requests with the same windows share commits; groups that share a window take turns within the instance.
 */
export class Admitter {
  private readonly deps: AdmitterDeps;
  private readonly groups = new Map<string, GroupCommit<Item, Attempted>>();
  private readonly turns = new Turns();
  private readonly tries: AdmissionTries;

  constructor(deps: AdmitterDeps) {
    this.deps = deps;
    this.tries = new AdmissionTries({ ...deps, pause: (range) => this.pause(range) });
  }

  /** Never rejects. A refusal leaves nothing behind; what is unavailable may. */
  async admit(request: AdmissionRequest): Promise<AdmissionResult> {
    const { clock } = this.deps;
    const patience = new Patience(this.deps);
    for (let isAgain = false; ; isAgain = true) {
      const result = await this.attempt({ ...request, arrivedMs: clock.nowMs(), isAgain });
      if (result.status === "taken") return this.lastOf(request, result);
      if (result.status !== "wait") return result;
      if (patience.isOver(result.refusal.balance)) return result.refusal;
      await this.pause(WAIT_STEP_MS);
    }
  }

  /**
   * Makes a hold and what it takes larger, for one more attempt. Nothing waits for settles.
   * @returns undefined when there is no room, or nobody can say: then the attempt must not be made
   */
  async raise(raise: Raise): Promise<LandedHold | undefined> {
    const { store, clock, deadlineMs } = this.deps;
    const ids = raise.windows.map(({ move }) => move.windowId);
    return this.turns.run(ids, async () => {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        if (tries > 0) await this.pause(BACK_OFF_MS);
        const now = new Date(clock.nowMs());
        const result = await tryRaise(store, raise, now, deadlineMs).catch(() => "full" as const);
        if (result === "full") return undefined;
        if (result !== "again") return result;
      }
      return undefined;
    });
  }

  private async attempt(request: Item): Promise<Attempted> {
    const ids = request.windows.map(({ move }) => move.windowId);
    const key = ids.join("\n");
    const group = this.groups.get(key) ?? this.makeGroup(ids);
    this.groups.set(key, group);
    try {
      return await group.add(request);
    } catch (cause) {
      return unavailable("store", cause, Promise.resolve());
    } finally {
      if (group.isIdle) this.groups.delete(key);
    }
  }

  private makeGroup(windowIds: readonly string[]): GroupCommit<Item, Attempted> {
    return new GroupCommit({
      commit: (items) => this.turns.run(windowIds, () => this.tries.admit(items)),
      clock: this.deps.clock,
      maxItems: MAX_BATCH,
      slowAfterMs: SLOW_AFTER_MS,
      maxInFlight: 1,
    });
  }

  /** Whoever comes with an id that has settled is told of its last attempt. */
  private async lastOf({ identity }: AdmissionRequest, taken: Taken): Promise<Taken> {
    const { store, deadlineMs } = this.deps;
    if (!taken.entry) return taken;
    const last = lastAttempt(store, identity, taken.entry, deadlineMs);
    return { ...taken, entry: await last.catch(() => taken.entry) };
  }

  private pause([least, most]: readonly [number, number]): Promise<void> {
    const { clock, random } = this.deps;
    return new Promise((resolve) => {
      clock.schedule(least + random() * (most - least), resolve);
    });
  }
}
