import { setImmediate as whatCanRun } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { Usage } from "../core/tokens.ts";
import type { JournalResult } from "../ledger/journal.ts";
import { PRICE_BOOK } from "../pricing/book.ts";
import { closeCall, doubtAboutModel, type EndedAttempt } from "./close-call.ts";
import { type OpenCall, openCall } from "./open-call.ts";
import { resolveModel } from "./resolve-model.ts";
import { callWorld, chatOf, STARTED_MS } from "./testing/call-world.ts";

const COUNTED = { inputTokens: 12, outputTokens: 3 };
const exact: Usage = { classes: { input: 10, output: 5 }, status: "exact" };

describe("closeCall", () => {
  it("waits no longer than 2.5 s for a hold of which nobody knows anything", async () => {
    const { deps, clock, entries, kept } = callWorld();
    const call = await openCall(deps, chatOf());
    const ended: EndedAttempt = {
      status: "ok",
      usage: exact,
      rawUsage: null,
      modelAnswered: null,
      providerRequestId: null,
      serviceTier: undefined,
      isSent: true,
      firstChunkMs: null,
      startedAtMs: STARTED_MS,
      endedAtMs: STARTED_MS,
    };
    let isClosed = false;
    const silence = new Promise<JournalResult>(() => {});
    const closing = closeCall(deps, call, COUNTED, { earlier: [], last: ended }, silence).then(
      () => {
        isClosed = true;
      },
    );
    clock.advance(2_499);
    await whatCanRun();
    expect(isClosed).toBe(false);
    clock.advance(1);
    await closing;
    expect(entries()).toMatchObject([{ entryId: call.entryId, status: "ok" }]);
    expect(kept).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe("doubtAboutModel", () => {
  it.each([
    ["gpt-4o", null, undefined],
    ["gpt-4o", "gpt-4o", undefined],
    ["gpt-4o", "gpt-4o-2024-08-06", undefined],
    ["gpt-4o", "gpt-4o-2024-05-13", "model_differs"],
    ["gpt-4o", "gpt-4.1", "model_differs"],
    ["gpt-4o", "gpt-4o-2031-01-01", "model_unknown"],
    ["brand-new", "gpt-4o", undefined],
    ["azure/us/gpt-4.1", "gpt-4.1-2025-04-14", undefined],
    ["azure/us/gpt-4.1", "gpt-4o-2024-11-20", "model_differs"],
    ["openrouter/openai/gpt-4o-mini", "gpt-4o-mini", undefined],
    ["openrouter/openai/gpt-4o-mini", "openai/gpt-4o", "model_differs"],
  ])("asked for %s and answered by %s: %s", (asked, answered, doubt) => {
    const { deps, provider } = callWorld();
    const providers = new Map(["openai", "azure", "openrouter"].map((name) => [name, provider]));
    const call = {
      model: resolveModel({ ...deps, providers, book: PRICE_BOOK }, asked, STARTED_MS),
      startedAtMs: STARTED_MS,
    };
    expect(doubtAboutModel(call as OpenCall, answered)).toBe(doubt);
  });
});
