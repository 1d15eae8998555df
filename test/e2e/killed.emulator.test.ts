import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { eventually } from "./harness/eventually.ts";
import { useDoors } from "./harness/framework.ts";
import { ownProject } from "./harness/own-project.ts";
import { register, unsignedToken } from "./harness/people.ts";
import { fireServed } from "./harness/schedule.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { find } from "./harness/store.ts";
import { sumOfEntries, sumOfField } from "./harness/sums.ts";
import { chat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

const { project, env } = ownProject("killed");
const first = useDoors(env);
const second = useDoors(env);

const all = (collection: string) => find(collection, {}, { project });

const careIn = (minutes: number) => fireServed(second().url, "careForLedger", minutes);

describe("a process that is killed in mid-call", () => {
  beforeAll(async () => {
    await register(project, { localId: "ann" });
    const ann = { idToken: unsignedToken("ann", {}, project), url: first().url };
    const answer = chat(ann, "Take your time. [sim latency=20000]", { maxOutputTokens: 50 });
    const failed = expect(answer).rejects.toThrow();
    await eventually(
      () => all("usage_holds"),
      (holds) => holds.length === 1,
    );
    await first().stop();
    await failed;
  }, SLOW_MS);

  it("leaves its hold, which care does not touch before it has expired", async () => {
    await careIn(5);
    expect(await all("usage_holds")).toHaveLength(1);
    expect(await all("usage_tracking")).toEqual([]);
  });

  /* gpt-4o-mini: the input at 150 nanoUSD a token, and the 50 tokens that it could have said at 600. */
  it("has an entry once it has, at all that the call could have cost", async () => {
    const [hold] = await all("usage_holds");
    await careIn(11);
    expect(await all("usage_holds")).toEqual([]);
    const entries = await all("usage_tracking");
    expect(entries).toMatchObject([
      {
        fields: {
          requestId: hold?.fields.requestId,
          userId: "ann",
          status: "expired",
          usageStatus: "estimated",
          estimatedBecause: "hold_expired",
          outputTokens: 50,
          startedAt: hold?.fields.startedAt,
        },
      },
    ]);
    const { inputTokens, costNanoUsd } = entries[0]?.fields ?? {};
    expect(costNanoUsd).toBe(Number(inputTokens) * 150 + 50 * 600);
  });

  it("is in the aggregates after one more care, and changes no more", async () => {
    await careIn(15);
    await careIn(20);
    const entries = await all("usage_tracking");
    expect(entries).toHaveLength(1);
    expect(sumOfField(await all("usage_monthly"), "totals")).toEqual(sumOfEntries(entries));
    expect(await all("usage_outbox")).toEqual([]);
  });
});
