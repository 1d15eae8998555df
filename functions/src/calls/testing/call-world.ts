import { setImmediate as whatCanRun } from "node:timers/promises";
import type { Budget } from "../../budgets/budget.ts";
import type { Spending } from "../../budgets/window-state.ts";
import { Admitter } from "../../ledger/admitter.ts";
import type { Entry, EntryDraft } from "../../ledger/entry.ts";
import { Journal } from "../../ledger/journal.ts";
import type { Write } from "../../ledger/plan.ts";
import type { LedgerStore } from "../../ledger/port.ts";
import { recordOnce } from "../../ledger/record-once.ts";
import type { Settlement } from "../../ledger/settle.ts";
import { Settler } from "../../ledger/settler.ts";
import { sampleAttribution } from "../../ledger/testing/sample-call.ts";
import { smallStore } from "../../ledger/testing/small-store.ts";
import { PRICE_BOOK, type PriceBook } from "../../pricing/book.ts";
import type { ChatCommand } from "../chat.ts";
import type { ChatListener } from "../chat-attempt.ts";
import type { CallDeps, CallSettings } from "../deps.ts";
import type { UsageConverter } from "../port.ts";
import type { CallRequest } from "../request.ts";
import type { TrackDeps } from "../track-usage.ts";
import { ScriptedProvider } from "./scripted-provider.ts";

export const STARTED_MS = Date.parse("2026-11-22T14:00:00Z");

const SETTINGS: CallSettings = {
  projectId: "demo",
  defaultMaxOutputTokens: 4_096,
  minOutputTokens: 256,
  requestTimeoutMs: 540_000,
  holdMarginMs: 60_000,
  providerRetries: 2,
  abortDrainMs: 0,
  retentionDays: 400,
  journal: "beside",
  onStoreError: "deny",
};

/** Everything that a metered call needs, in memory; `log` says in which order things happened. */
export function callWorld(settings: Partial<CallSettings> = {}) {
  const small = smallStore(STARTED_MS);
  const provider = new ScriptedProvider();
  const log: string[] = [];
  const kept: Settlement[] = [];
  const state = {
    budgets: [] as readonly Budget[],
    book: PRICE_BOOK as PriceBook,
    budgetsFail: false,
    spending: (async (ids) => ids.map(() => ({ spent: 100, held: 0 }))) as (
      ids: readonly string[],
    ) => Promise<readonly (Spending | undefined)[]>,
    countTexts: async (_model: string, texts: readonly string[]) =>
      texts.map(({ length }) => length),
  };
  provider.onCall = () => log.push("provider");
  const store: LedgerStore = {
    ...small.store,
    commit: async (writes, deadlineMs) => {
      log.push(writes.map(nameOf).join(" "));
      return small.store.commit(writes, deadlineMs);
    },
  };
  let ids = 0;
  const randomId = () => {
    ids += 1;
    return `random-${ids}`;
  };
  const { clock } = small;
  const context = () => ({ now: new Date(clock.nowMs()), shards: 4, randomId });
  const deps: CallDeps & TrackDeps = {
    clock,
    randomId,
    random: () => 0,
    prices: async () => state.book,
    providers: new Map([["openai", provider]]),
    usageConverters: new Map([["openai", reportedBy(provider)]]),
    tokens: {
      countTexts: (model, texts) => state.countTexts(model, texts),
      isForeign: () => false,
    },
    budgets: {
      active: async () => {
        if (state.budgetsFail) throw new Error("no answer");
        return state.budgets;
      },
      spending: (windowIds) => state.spending(windowIds),
    },
    journal: new Journal({ store, clock, deadlineMs: 2_000 }),
    admitter: new Admitter({
      store,
      clock,
      random: () => 0,
      deadlineMs: 2_000,
      waitMs: 2_000,
      mostWaitMs: 5_000,
      open: async () => {},
    }),
    settler: new Settler({
      store,
      clock,
      shards: 4,
      deadlineMs: 3_000,
      randomId,
      keepElsewhere: async (settlement) => {
        kept.push(settlement);
      },
    }),
    settings: { ...SETTINGS, ...settings },
    record: (draft: EntryDraft) => recordOnce(store, draft, context(), 3_000),
  };
  return {
    ...small,
    deps,
    provider,
    log,
    kept,
    state,
    entries: () => Object.values(small.all("usage_tracking")) as Entry[],
  };
}

export function requestOf(more: Partial<CallRequest> = {}): CallRequest {
  return {
    subject: "user:alice",
    attribution: sampleAttribution({ sessionId: "s1", agent: "planner" }),
    requestId: undefined,
    model: "gpt-4o-mini",
    payload: { say: "hello" },
    ...more,
  };
}

/** "Hello" is 5 characters: 5 tokens and 4 around them, 3 that prime the answer. */
export function chatOf(more: Partial<CallRequest> = {}): ChatCommand {
  return {
    ...requestOf(more),
    fitToBudget: false,
    chat: { messages: [{ role: "user", content: "Hello" }], stream: true },
  };
}

export function listener() {
  const controller = new AbortController();
  const heard: unknown[] = [];
  const flow = { isFull: false, goOn: () => {} };
  const listening: ChatListener = {
    onDelta: (text) => heard.push(text),
    onToolCallDelta: (deltas) => heard.push(deltas),
    isFull: () => flow.isFull,
    onceDrained: (goOn) => {
      flow.goOn = goOn;
    },
    signal: controller.signal,
  };
  return { listening, heard, flow, leave: () => controller.abort() };
}

/** Lets everything run that need not wait. */
export async function settled(): Promise<void> {
  await whatCanRun();
}

function nameOf({ kind, doc }: Write): string {
  return `${kind} ${doc.collection}`;
}

function reportedBy(provider: ScriptedProvider): UsageConverter {
  return (rawUsage) => ({
    usage: provider.convertUsage(rawUsage),
    rawUsage,
    serviceTier: "standard",
    costNanoUsd: null,
  });
}
