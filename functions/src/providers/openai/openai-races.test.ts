import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { RunningCall } from "../../calls/port.ts";
import { answer } from "../transport/testing/scripted-server.ts";
import { fixture } from "./testing/fixture.ts";
import { type Leaving, RACES, type Race } from "./testing/races.ts";
import { runChat } from "./testing/run-provider.ts";
import { outcomeOf, runSdk, sdkClient } from "./testing/run-sdk.ts";
import { PLAIN, useScriptedProvider } from "./testing/scripted-provider.ts";

const scripted = useScriptedProvider();

/** Makes a call whose connection is idle afterwards, where the race is about the next one. */
async function begin({ isSecond, does }: Race, ask: () => Promise<unknown>): Promise<void> {
  if (isSecond) {
    scripted.script(answer(200, fixture("chat-plain.json")));
    await ask();
    await sleep(20);
  }
  scripted.script(...does);
}

function leaving(call: RunningCall, leaves: Leaving | undefined): void {
  if (leaves && "afterMs" in leaves) setTimeout(() => call.abort(), leaves.afterMs);
}

describe.each(RACES)("$name", (race) => {
  const { request, leaves, ours, expected, idleTimeoutMs = 1_000 } = race;

  it("is understood by our client, which ends once", async () => {
    const provider = scripted.provider({ idleTimeoutMs });
    await begin(race, () => runChat(provider, PLAIN));
    let text = "";
    const {
      answer: got,
      failure,
      events,
    } = await runChat(provider, request, {
      onBegun: (call) => leaving(call, leaves),
      onDelta(delta, call) {
        text += delta;
        if (leaves && "atText" in leaves && text === leaves.atText) call.abort();
        if (text === delta) ours?.(call);
      },
    });
    await sleep(50);
    expect(events.filter((event) => event === "done" || event === "error")).toHaveLength(1);
    expect(expected).toContainEqual(outcomeOf(got, failure));
  });
});

describe.each(RACES.filter(({ sdk }) => sdk !== "none"))("$name", (race) => {
  const { request, leaves, expected, sdk } = race;

  it(`is understood ${sdk ? "otherwise" : "alike"} by the official SDK`, async () => {
    const { why: _, ...differs } = typeof sdk === "object" ? sdk : { why: "" };
    const client = sdkClient(scripted.baseUrl());
    await begin(race, () => runSdk(scripted.baseUrl(), PLAIN, { client }));
    const { text, finishReason, rawUsage, failureKind, httpStatus } = await runSdk(
      scripted.baseUrl(),
      request,
      { client, ...(leaves ? { leaves } : {}) },
    );
    const outcome = { text, finishReason, rawUsage, failureKind, httpStatus };
    expect(expected.map((each) => ({ ...each, ...differs }))).toContainEqual(outcome);
  });
});
