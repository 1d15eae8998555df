import { describe, expect, it } from "@jest/globals";
import { runChat } from "../openai/testing/run-provider.ts";
import { outcomeOf } from "../openai/testing/run-sdk.ts";
import { useScriptedProvider } from "../openai/testing/scripted-provider.ts";
import { IDLE_TIMEOUT_MS, NOTHING, type Outcome } from "../openai/testing/upstream.ts";
import { upstreamsOf } from "../openai/testing/upstreams.ts";
import { anthropicProvider } from "./anthropic-provider.ts";
import { runMessagesSdk } from "./testing/run-sdk.ts";
import { MESSAGES_WORDS } from "./testing/words.ts";

const scripted = useScriptedProvider();

const BROKEN = { failureKind: "unavailable" } as const;
const UNREAD = { ...NOTHING, rawUsage: undefined };

/** What the official SDK makes of a server instead, and why that is not ours. */
const OTHERWISE: Readonly<Record<string, Partial<Outcome> & { readonly why: string }>> = {
  "cut between usage and [DONE]": { ...BROKEN, why: "all that counts had come" },
  "leave out [DONE]": {
    ...BROKEN,
    why: "all that counts had come, and the body ended as it should",
  },
  "go on after [DONE]": { ...BROKEN, why: "nothing that comes after the end is read" },
  "reset after [DONE]": { ...BROKEN, why: "nothing that comes after the end is waited for" },
  "stall in mid-answer": { ...BROKEN, why: "it waits for as long as the connection stands" },
  "compress unasked": {
    ...MESSAGES_WORDS.whole,
    why: "fetch unpacks; we ask for the answer as it is, and unpack nothing",
  },
  "answer in the wrong type": { ...UNREAD, why: "it takes the body for a text" },
  "answer whole though asked to stream": { ...UNREAD, why: "it finds no event" },
  "refuse with 404": {
    failureKind: "unknown_model",
    why: "it goes by the status alone, we by the error's type, which is missing here",
  },
};

/** Usage is compared where it is read, and not in these words. */
const told = (outcome: Outcome) => ({ ...outcome, rawUsage: undefined });

describe.each(upstreamsOf(MESSAGES_WORDS))("a server that may $name", (upstream) => {
  const { request, expected, repeat, retryAfterMs, name } = upstream;

  it("is understood by our client for Anthropic", async () => {
    const baseUrl = await scripted.addressOf(upstream.does);
    const options = { ...scripted.options(), baseUrl, idleTimeoutMs: IDLE_TIMEOUT_MS };
    const provider = anthropicProvider({ ...options, defaultMaxOutputTokens: 1_000 });
    const { answer, failure, events } = await runChat(provider, request);
    expect(told(outcomeOf(answer, failure))).toEqual(told(expected));
    expect(failure?.repeat).toBe(repeat);
    expect(failure?.retryAfterMs).toBe(retryAfterMs);
    expect(events.filter((event) => event === "done" || event === "error")).toHaveLength(1);
  });

  it(`is understood ${OTHERWISE[name] ? "otherwise" : "alike"} by the official SDK`, async () => {
    const { why: _, ...differs } = OTHERWISE[name] ?? { why: "" };
    const baseUrl = (await scripted.addressOf(upstream.does)).replace(/\/v1$/, "");
    const { text, stopReason, failureKind, httpStatus } = await runMessagesSdk(baseUrl, request);
    const finishReason = stopReason === "end_turn" ? "stop" : stopReason;
    const sdk = { text, finishReason, failureKind, httpStatus, rawUsage: undefined };
    expect(sdk).toEqual({ ...told(expected), ...differs });
  });
});
