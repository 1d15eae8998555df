import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { useOneDay } from "../e2e/harness/clock.ts";
import { inParallel } from "../e2e/harness/parallel.ts";
import { find } from "../e2e/harness/store.ts";
import { block } from "./harness/budgets.ts";
import { countEndings, type Sent, send } from "./harness/load.ts";
import { useScene } from "./harness/scene.ts";

jest.setTimeout(90_000);
useOneDay();

const PEOPLE = ["ann", "ben", "cyd"];
const EACH = 10;
const PER_DAY = 6;
const PER_SESSION = 2;
/** Of the agent, whoever names it. */
const PER_AGENT = 4;

const scene = useScene({ name: "scopes", processes: 2, users: [...PEOPLE, "dan", "eve"] });

/** So many at once of each of these people, none of whom has ever been seen before. */
async function each(uids: readonly string[], more: object): Promise<Record<string, Sent[]>> {
  const sent = await inParallel(uids.length * EACH, uids.length * EACH, (index) => {
    const uid = uids[index % uids.length] ?? "";
    const content = `Hi ${index} [sim tokens=2]`;
    return send(scene(), index, { uid, content, more: { maxOutputTokens: 20, ...more } });
  });
  const of = (_: string, at: number) => sent.filter(({ index }) => index % uids.length === at);
  return Object.fromEntries(uids.map((uid, at) => [uid, of(uid, at)]));
}

const requests = { unit: "requests", window: "day" };

describe("budgets of different scopes", () => {
  beforeAll(async () => {
    await block(scene(), { scope: "user", scopeId: "*", ...requests, limit: PER_DAY });
    await block(scene(), { scope: "session", scopeId: "*", ...requests, limit: PER_SESSION });
    await block(scene(), { scope: "agent", scopeId: "bot", ...requests, limit: PER_AGENT });
    await block(scene(), { scope: "user", scopeId: "eve", ...requests, limit: EACH });
  });

  it("bound each user by the default of everyone, from the very first calls", async () => {
    for (const sent of Object.values(await each(PEOPLE, {}))) {
      expect(countEndings(sent)).toEqual({ answered: PER_DAY, BUDGET_EXCEEDED: EACH - PER_DAY });
    }
  });

  it("take nothing from anyone else: who has a budget of his own has all of that", async () => {
    const { eve = [] } = await each(["eve"], {});
    expect(countEndings(eve)).toEqual({ answered: EACH });
  });

  it("bound each session, and do not mix those of two users that have one name", async () => {
    await block(scene(), { scope: "user", scopeId: "eve", ...requests, limit: 3 * EACH });
    const both = await each(["dan", "eve"], { sessionId: "s" });
    for (const sent of Object.values(both)) {
      expect(countEndings(sent)).toEqual({
        answered: PER_SESSION,
        BUDGET_EXCEEDED: EACH - PER_SESSION,
      });
    }
    const windows = await find(
      "budget_windows",
      { scope: "session" },
      { project: scene().project },
    );
    expect(windows.map(({ fields }) => [fields.scopeId, fields.spent, fields.held])).toEqual(
      expect.arrayContaining([
        ["dan_s", PER_SESSION, 0],
        ["eve_s", PER_SESSION, 0],
      ]),
    );
  });

  it("are narrowed, never widened, by what a caller says of itself", async () => {
    const { eve = [] } = await each(["eve"], { agent: "bot" });
    expect(countEndings(eve)).toEqual({ answered: PER_AGENT, BUDGET_EXCEEDED: EACH - PER_AGENT });
    const { ann = [] } = await each(["ann"], { agent: "another", sessionId: "another" });
    expect(countEndings(ann)).toEqual({ BUDGET_EXCEEDED: EACH });
  });

  it("leave nothing held", async () => {
    const { project } = scene();
    const windows = await find("budget_windows", {}, { project });
    expect(windows.map(({ fields }) => fields.held ?? 0)).toEqual(windows.map(() => 0));
    expect(await find("usage_holds", {}, { project })).toEqual([]);
  });
});
