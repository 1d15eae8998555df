import { execFile } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { call } from "./harness/callable.ts";
import { useOneDay } from "./harness/clock.ts";
import { damage } from "./harness/damage.ts";
import { useDoors } from "./harness/framework.ts";
import { ownProject } from "./harness/own-project.ts";
import { register, unsignedToken } from "./harness/people.ts";
import { fireServed } from "./harness/schedule.ts";
import { ROOT, SLOW_MS } from "./harness/stack.ts";
import { find, type Stored } from "./harness/store.ts";
import { entriesOf, sumOfEntries, sumOfField } from "./harness/sums.ts";
import { chat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);
useOneDay();

const COMMAND = join(ROOT, "functions", "src", "entrypoints", "commands", "rebuild.ts");
const { project, env } = ownProject("compare");
const doors = useDoors({ ...env, BUDGET_CACHE_SECONDS: "0" });

const person = (uid: string, claims: object = {}) => ({
  idToken: unsignedToken(uid, { ...claims }, project),
  url: doors().url,
});
const all = (collection: string) => find(collection, {}, { project });
const careIn = (minutes: number) => fireServed(doors().url, "careForLedger", minutes);

describe("aggregates that somebody has changed by hand", () => {
  let before: Stored[][];
  let month: string;

  beforeAll(async () => {
    await Promise.all([
      register(project, { localId: "ann" }),
      register(project, { localId: "root" }),
    ]);
    await call("setBudget", person("root", { admin: true }), {
      scope: "user",
      scopeId: "ann",
      unit: "usd",
      window: "month",
      limitUsd: "5",
    });
    for (let n = 0; n < 4; n += 1) {
      await chat(person("ann"), `Question ${n}`, { sessionId: "s1", agent: "planner" });
    }
    await careIn(2);
    const [entry] = await entriesOf("ann", { project });
    month = String(entry?.fields.month);
    before = await aggregates();
    const [day] = await all("usage_daily");
    await damage(project, `usage_monthly/ann_${month}`, ["totals", "costNanoUsd"], 1);
    await damage(project, "usage_sessions/ann_s1", ["byAgent", "planner", "calls"], 99);
    await damage(project, `usage_daily/${day?.id}`, ["totals", "requests"], 0);
    await damage(project, `budget_windows/user:ann:usd:month_${month}`, ["spent"], 7);
  }, SLOW_MS);

  it("are what they were after a care, with a note of each", async () => {
    await careIn(3);
    expect(await aggregates()).toEqual(before);
    const entries = await entriesOf("ann", { project });
    expect(sumOfField(await all("usage_monthly"), "totals")).toEqual(sumOfEntries(entries));
    const notes = await all("usage_repairs");
    expect(notes.map(({ fields }) => String(fields.aggregate).split("/")[0]).sort()).toEqual([
      "budget_windows",
      "usage_daily",
      "usage_monthly",
      "usage_sessions",
    ]);
    const ofMonth = notes.find(({ id }) => id.startsWith("usage_monthly:"));
    const due = sumOfEntries(entries).costNanoUsd as number;
    expect(ofMonth).toMatchObject({
      id: `usage_monthly:ann_${month}_1`,
      fields: {
        by: "care",
        seq: 1,
        leaves: [{ leaf: "totals > costNanoUsd", was: 1, is: due, difference: due - 1 }],
      },
    });
  });

  it("are left alone by the cares that follow", async () => {
    await careIn(4);
    await careIn(9);
    expect(await all("usage_repairs")).toHaveLength(4);
    expect(await aggregates()).toEqual(before);
  });

  it("are shown by the command, which writes only when it is told to", async () => {
    await damage(project, `usage_monthly/ann_${month}`, ["byOperation", "chat", "calls"], 5);
    const dry = await rebuild("user", "ann", month);
    expect(dry.code).toBe(1);
    expect(dry.output).toMatch(/usage_monthly\/ann_\S+ +byOperation > chat > calls +5 +4 +-1\n/);
    expect(dry.output).toContain("1 compared, 0 sealed, 1 differ, 0 repaired, 0 failed");
    expect(await aggregates()).not.toEqual(before);
    expect((await rebuild("user", "ann", month, "--apply")).output).toContain("1 repaired");
    expect(await aggregates()).toEqual(before);
    const after = await rebuild("month", month);
    expect(after).toMatchObject({ code: 0 });
    expect(after.output).toMatch(/[5-9] compared, 0 sealed, 0 differ/);
  });
});

/** Everything that is compared, but for when it was last touched. */
async function aggregates(): Promise<Stored[][]> {
  const collections = ["usage_monthly", "usage_sessions", "usage_daily", "budget_windows"];
  const found = await Promise.all(collections.map(all));
  return found.map((documents) =>
    documents.map(({ id, fields: { updatedAt: _, ...fields } }) => ({ id, fields, raw: {} })),
  );
}

function rebuild(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [COMMAND, ...args, "--project", project],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` }),
    );
  });
}
