import { setImmediate as whatCanRun } from "node:timers/promises";
import type { Budget } from "../../budgets/budget.ts";
import { sampleBudget } from "../../budgets/testing/sample-budget.ts";
import { Admitter } from "../admitter.ts";
import { holdKey } from "../hold.ts";
import type { LedgerStore } from "../port.ts";
import { windowKey } from "../reserve.ts";
import type { Fate } from "./memory-store.ts";
import { type SampleAdmission, sampleAdmission } from "./sample-admission.ts";
import { smallStore } from "./small-store.ts";

export const WINDOW_ID = "user:alice:usd:month_2026-11";
/** Older than its window, so that there is nothing to open. */
const SINCE = new Date("2026-10-05T00:00:00Z");

export function block(more: Partial<Budget>): Budget {
  return sampleBudget({ enforcement: "block", limit: 5_000_000, since: SINCE, ...more });
}

/** An admitter on a store whose commits end as `fates` say, one after the other. */
export function setUpAdmitter(
  budgets: readonly Budget[],
  fates: readonly Fate[] = [],
  { opening = 0 as number | "never" } = {},
) {
  const world = smallStore();
  world.fates.push(...fates);
  const opened: string[] = [];
  let committed = 0;
  let read = 0;
  let interferences = 0;
  let interference = () => {};
  let isHanging = false;
  let slowMs = 0;
  const startedMs = world.clock.nowMs();
  const store: LedgerStore = {
    ...world.store,
    read: async (docs, deadlineMs) => {
      read += 1;
      const found = await world.store.read(docs, deadlineMs).catch((cause) => {
        world.clock.advance(2_000);
        throw cause;
      });
      return found;
    },
    commit: async (writes, deadlineMs) => {
      committed += 1;
      interferences -= 1;
      if (interferences >= 0) interference();
      world.clock.advance(slowMs);
      if (isHanging) {
        world.clock.advance(deadlineMs);
        return { status: "unclear", cause: new Error("no answer"), ended: Promise.resolve() };
      }
      return world.store.commit(writes, deadlineMs);
    },
  };
  const admitter = new Admitter({
    store,
    clock: world.clock,
    random: () => 0.5,
    deadlineMs: 2_000,
    waitMs: 2_000,
    mostWaitMs: 5_000,
    open: async (budget, { windowId }) => {
      opened.push(windowId);
      if (opening === "never") return new Promise(() => {});
      const set = { period: "2026-11", openingSince: budget.since };
      world.documents.apply([
        { kind: "add", doc: windowKey(windowId), set, add: { spent: opening } },
      ]);
    },
  });
  return {
    world: { ...world, startedMs },
    opened,
    hang: () => {
      isHanging = true;
    },
    slow: (ms: number) => {
      slowMs = ms;
    },
    commits: () => committed,
    reads: () => read,
    /** Before each of the next commits something happens elsewhere. */
    interfere: (times: number, what: () => void) => {
      interferences = times;
      interference = what;
    },
    admit: (requestId: string, more: Partial<SampleAdmission> = {}) =>
      admitter.admit(requestOf(requestId, budgets, more)),
    pass: async (ms: number) => {
      await whatCanRun();
      world.clock.advance(ms);
      await whatCanRun();
    },
  };
}

function requestOf(requestId: string, budgets: readonly Budget[], more: Partial<SampleAdmission>) {
  const startedAtMs = Date.parse("2026-11-22T14:00:00Z");
  return sampleAdmission({ requestId, nonce: `nonce-${requestId}`, startedAtMs, budgets, ...more });
}

export function idOf(requestId: string) {
  return requestOf(requestId, [], {}).identity;
}

type World = ReturnType<typeof smallStore>;

export function heldOf(world: World): Record<string, unknown> {
  const windows = world.documents.list("budget_windows");
  return Object.fromEntries(windows.map(({ id, snapshot }) => [id, snapshot.fields.held]));
}

export function holdElsewhere(world: World, held: number): void {
  world.documents.apply([{ kind: "add", doc: windowKey(WINDOW_ID), set: {}, add: { held } }]);
}

export async function giveBack(world: World, requestId: string): Promise<void> {
  const doc = holdKey(idOf(requestId).holdId);
  const add = { held: -1_000_000 };
  world.documents.apply([
    { kind: "delete", doc },
    { kind: "add", doc: windowKey(WINDOW_ID), set: {}, add },
  ]);
}
