import { describe, expect, it } from "@jest/globals";
import { runChat } from "./testing/run-provider.ts";
import { outcomeOf, runSdk, type SdkRun } from "./testing/run-sdk.ts";
import { useScriptedProvider } from "./testing/scripted-provider.ts";
import { IDLE_TIMEOUT_MS, type Outcome } from "./testing/upstream.ts";
import { UPSTREAMS } from "./testing/upstreams.ts";

const scripted = useScriptedProvider();

function bySdk({ text, finishReason, rawUsage, failureKind, httpStatus }: SdkRun): Outcome {
  return { text, finishReason, rawUsage, failureKind, httpStatus };
}

describe.each(UPSTREAMS)("a server that may $name", (upstream) => {
  it("is understood by our client", async () => {
    const baseUrl = await scripted.addressOf(upstream.does);
    const provider = scripted.provider({ baseUrl, idleTimeoutMs: IDLE_TIMEOUT_MS });
    const { answer, failure, events } = await runChat(provider, upstream.request);
    expect(outcomeOf(answer, failure)).toEqual(upstream.expected);
    expect(failure?.repeat).toBe(upstream.repeat);
    expect(failure?.retryAfterMs).toBe(upstream.retryAfterMs);
    expect(events.filter((event) => event === "done" || event === "error")).toHaveLength(1);
  });

  it(`is understood ${upstream.sdk ? "otherwise" : "alike"} by the official SDK`, async () => {
    const { why: _, ...differs } = upstream.sdk ?? { why: "" };
    const sdk = bySdk(await runSdk(await scripted.addressOf(upstream.does), upstream.request));
    expect(sdk).toEqual({ ...upstream.expected, ...differs });
  });
});
