import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type FaultyLink, faultyLink } from "../../../../test/faults/harness/faulty-link.ts";
import type { CommitOutcome, Write } from "../../ledger/plan.ts";
import { type CommitServer, commitServer } from "../testing/commit-server.ts";
import { type WireClient, wireClient } from "./wire-commit.ts";

const PLAN: Write[] = [{ kind: "delete", doc: { collection: "usage_outbox", id: "x" } }];
/** Longer than the silence after which a channel is left. */
const DEADLINE_MS = 1_100;
const CAN_LAND_MS = 400;

let server: CommitServer;
let link: FaultyLink;
let client: WireClient;

beforeEach(async () => {
  server = await commitServer();
  link = await faultyLink(server.address);
  const address = { projectId: "p", databaseId: "(default)", emulatorHost: link.address };
  client = wireClient(address, CAN_LAND_MS);
});
afterEach(async () => {
  await client.close();
  await link.close();
  server.close();
});

const commit = (deadlineMs = DEADLINE_MS) => client.commit(PLAN, deadlineMs);

describe("a connection that dies without anybody being told", () => {
  it("costs one commit its deadline, and the next goes over a new one", async () => {
    expect((await commit()).status).toBe("done");
    link.strand();
    expect((await commit()).status).toBe("unclear");
    expect((await commit()).status).toBe("done");
  });

  it("costs those who were waiting on it no more than that", async () => {
    await commit();
    link.strand();
    const waiting = await Promise.all([commit(), commit(), commit()]);
    expect(waiting.map(({ status }) => status)).toEqual(["unclear", "unclear", "unclear"]);
    expect((await commit()).status).toBe("done");
  });

  it("is not left for a commit that had no time", async () => {
    await commit();
    server.replies.push("held");
    expect((await commit(20)).status).toBe("unclear");
    link.strand();
    expect((await commit(20)).status).toBe("unclear");
    expect((await commit(20)).status).toBe("unclear");
    expect(server.received()).toBe(2);
  });
});

describe("a commit whose channel was left", () => {
  it("ends when its answer comes all the same", async () => {
    server.replies.push("held");
    const late = await commit();
    expect((await commit()).status).toBe("done");
    const ended = endOf(late);
    await pause(CAN_LAND_MS + 100);
    expect(ended.has).toBe(false);
    server.release();
    await ended.promise;
  });

  it("may land for some time after its connection broke", async () => {
    server.replies.push("held");
    const late = await commit(CAN_LAND_MS / 2);
    const ended = endOf(late);
    link.cut();
    await pause(CAN_LAND_MS / 4);
    expect(ended.has).toBe(false);
    await ended.promise;
  });
});

describe("an error that leaves the outcome open", () => {
  it.each([1, 2, 4, 13, 16])("has not ended before the server gives up: code %d", async (code) => {
    server.replies.push(code);
    const ended = endOf(await commit());
    await pause(CAN_LAND_MS - 100);
    expect(ended.has).toBe(false);
    await ended.promise;
  });

  it("has not ended then either when it was repeated until the deadline", async () => {
    server.replies.push(...Array.from({ length: 100 }, () => 14));
    const outcome = await commit(60);
    expect(server.received()).toBeGreaterThan(1);
    const ended = endOf(outcome);
    await pause(CAN_LAND_MS / 2);
    expect(ended.has).toBe(false);
    await ended.promise;
  });
});

/** @throws Error unless the outcome is unclear */
function endOf(outcome: CommitOutcome): { has: boolean; readonly promise: Promise<void> } {
  if (outcome.status !== "unclear") throw new Error(`it is ${outcome.status}`);
  const end = { has: false, promise: outcome.ended };
  void outcome.ended.then(() => {
    end.has = true;
  });
  return end;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
