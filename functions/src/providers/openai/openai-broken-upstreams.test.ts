import { describe, expect, it } from "@jest/globals";
import { runChat } from "./testing/run-provider.ts";
import { outcomeOf, runSdk, type SdkRun } from "./testing/run-sdk.ts";
import { closedBaseUrl, useScriptedProvider } from "./testing/scripted-provider.ts";
import { IDLE_TIMEOUT_MS, type Outcome, UPSTREAMS, type Upstream } from "./testing/upstreams.ts";

const scripted = useScriptedProvider();

/** Has the server ready, and says where it is to be found. */
async function addressOf({ does }: Upstream): Promise<string> {
  if (does === "refuse") return closedBaseUrl();
  if (does === "have no name") return "https://nowhere.invalid/v1";
  if (does === "speak no TLS") return scripted.baseUrl().replace("http:", "https:");
  scripted.script(...does);
  return scripted.baseUrl();
}

function bySdk({ text, finishReason, rawUsage, failureKind, httpStatus }: SdkRun): Outcome {
  return { text, finishReason, rawUsage, failureKind, httpStatus };
}

describe.each(UPSTREAMS)("a server that may $name", (upstream) => {
  it("is understood by our client", async () => {
    const baseUrl = await addressOf(upstream);
    const provider = scripted.provider({ baseUrl, idleTimeoutMs: IDLE_TIMEOUT_MS });
    const { answer, failure, events } = await runChat(provider, upstream.request);
    expect(outcomeOf(answer, failure)).toEqual(upstream.expected);
    expect(failure?.repeat).toBe(upstream.repeat);
    expect(failure?.retryAfterMs).toBe(upstream.retryAfterMs);
    expect(events.filter((event) => event === "done" || event === "error")).toHaveLength(1);
  });

  it(`is understood ${upstream.sdk ? "otherwise" : "alike"} by the official SDK`, async () => {
    const { why: _, ...differs } = upstream.sdk ?? { why: "" };
    const sdk = bySdk(await runSdk(await addressOf(upstream), upstream.request));
    expect(sdk).toEqual({ ...upstream.expected, ...differs });
  });
});
