import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { roomIn } from "../../e2e/harness/clock.ts";
import { inParallel } from "../../e2e/harness/parallel.ts";
import { booksOf } from "../harness/books.ts";
import { block, spentIn } from "../harness/budgets.ts";
import { answersOf, countEndings, type Planned, type Sent, send, sendTo } from "../harness/load.ts";
import { useScene } from "../harness/scene.ts";

export interface CrowdOptions {
  readonly calls: number;
  readonly processes: number;
  readonly timeoutMs: number;
}

const NANO = 1_000_000_000;
const FIVE_DOLLARS = 5 * NANO;
/** What all calls together would cost, in limits: more than one, so that a budget is used up. */
const DEMAND = 2;
/** o1: 60 000 nanoUSD per output token, 15 000 per input token, and reasoning that costs the test nothing. */
const MODEL = "o1";
const NANO_USD_PER_OUTPUT_TOKEN = 60_000;
/** A crowd has to be through within a minute, or a day, though the machine be slow. */
const BURST_MS = 40_000;

const USERS = [
  "warm",
  "usd",
  "tokens",
  "requests",
  "three-a",
  "three-b",
  "unlimited",
  "overrun",
  "unpriced",
];
const ORG = { orgId: "acme" };

/** A crowd of callers at once, over several processes, on budgets that block. */
export function describeCrowd(options: CrowdOptions): void {
  const { calls, processes, timeoutMs } = options;
  jest.setTimeout(timeoutMs);
  const env = { BUDGET_CACHE_SECONDS: "30" };
  const scene = useScene({ name: "crowd", processes, users: USERS, env });

  /** Output tokens of a call whose like cost the limit `DEMAND` times over. */
  const usualOutput = (FIVE_DOLLARS * DEMAND) / calls / NANO_USD_PER_OUTPUT_TOKEN;
  const tokenLimit = Math.round((usualOutput * calls) / DEMAND);
  const requestLimit = Math.round(calls / 3);
  /** Room for the bounds of a third of them, which are 0.65 cents each. */
  const overrunLimitUsd = ((calls / 3) * 0.0065).toFixed(2);
  const budgets: Record<string, string> = {};
  const everyone: Sent[] = [];

  beforeAll(async () => {
    const set = async (name: string, budget: object) => {
      budgets[name] = await block(scene(), budget);
    };
    const user = (name: string, more: object) =>
      set(name, { scope: "user", scopeId: name, ...more });
    await Promise.all([
      user("usd", { unit: "usd", window: "day", limitUsd: "5" }),
      user("tokens", { unit: "tokens", window: "minute", limit: tokenLimit }),
      user("requests", { unit: "requests", window: "minute", limit: requestLimit }),
      user("three-a", { unit: "usd", window: "month", limitUsd: "1" }),
      set("org", {
        scope: "org",
        scopeId: "acme",
        unit: "tokens",
        window: "day",
        limit: tokenLimit,
      }),
      set("agent", {
        scope: "agent",
        scopeId: "bot",
        unit: "requests",
        window: "lifetime",
        limit: requestLimit,
      }),
      user("unlimited", { unit: "usd", window: "lifetime", limitUsd: "5" }),
      user("overrun", { unit: "usd", window: "day", limitUsd: overrunLimitUsd }),
      user("unpriced", { unit: "usd", window: "day", limitUsd: "5" }),
    ]);
    await Promise.all(scene().doors.urls().map(warm));
  }, timeoutMs);

  describe(`${calls} calls at once over ${processes} processes`, () => {
    it("spend a budget of 5 dollars up to the last cents, and not one more", async () => {
      const sent = await crowd("usd", () => usualCall("usd"));
      const costNanoUsd = costOf(sent);
      expectOnlyRefusedBy(sent, [budgets.usd]);
      expect(costNanoUsd).toBeLessThanOrEqual(FIVE_DOLLARS);
      expect(costNanoUsd).toBeGreaterThan(4.9 * NANO);
      await expectSpent("usd", costNanoUsd);
    });

    it("spend the tokens of a minute", async () => {
      await roomIn("minute", BURST_MS);
      const sent = await crowd("tokens", () => usualCall("tokens"));
      const tokens = answersOf(sent).reduce((sum, { usage }) => sum + usage.totalTokens, 0);
      expectOnlyRefusedBy(sent, [budgets.tokens]);
      expect(tokens).toBeGreaterThan(0.95 * tokenLimit);
      await expectSpent("tokens", tokens, tokenLimit);
    });

    it("spend the requests of a minute, every one of them", async () => {
      await roomIn("minute", BURST_MS);
      const sent = await crowd("requests", () => usualCall("requests"));
      expectOnlyRefusedBy(sent, [budgets.requests]);
      expect(answersOf(sent).length).toBeGreaterThanOrEqual(requestLimit);
      await expectSpent("requests", answersOf(sent).length, requestLimit);
    });

    it("keep three budgets of different scopes at once, all or none", async () => {
      const sent = await crowd(
        "three",
        (index) => ({
          ...usualCall(index % 2 === 0 ? "three-a" : "three-b"),
          claims: ORG,
        }),
        { agent: "bot" },
      );
      const answers = answersOf(sent);
      const tokens = answers.reduce((sum, { usage }) => sum + usage.totalTokens, 0);
      const hers = sent.filter(({ index }) => index % 2 === 0);
      expectOnlyRefusedBy(sent, [budgets["three-a"], budgets.org, budgets.agent]);
      expect(costOf(hers)).toBeLessThanOrEqual(NANO);
      expect(tokens).toBeLessThanOrEqual(tokenLimit);
      expect(answers.length).toBe(requestLimit);
      await expectSpent("three-a", costOf(hers));
      await expectSpent("org", tokens);
      await expectSpent("agent", answers.length);
    });

    it("spend a budget just as far when they set no output limit", async () => {
      const { content } = usualCall("unlimited");
      const plan = () => ({ uid: "unlimited", content, more: { model: MODEL } });
      const sent = await crowd("unlimited", plan);
      expectOnlyRefusedBy(sent, [budgets.unlimited]);
      expect(costOf(sent)).toBeLessThanOrEqual(FIVE_DOLLARS);
      expect(costOf(sent)).toBeGreaterThan(4.9 * NANO);
      await expectSpent("unlimited", costOf(sent));
    });

    it("close a budget whose provider bills more input than could be reckoned, and show by how much", async () => {
      const content = "Dearly [sim reasoning=64 tokens=1 billExtra=1000]";
      const plan = () => ({
        uid: "overrun",
        content,
        more: { model: MODEL, maxOutputTokens: 100 },
      });
      const sent = await crowd("overrun", plan);
      expectOnlyRefusedBy(sent, [budgets.overrun]);
      const { entries } = await booksOf(scene().project);
      const hers = entries.filter(({ fields }) => fields.userId === "overrun");
      const overruns = hers.map(({ fields }) => Number(fields.overrunNanoUsd));
      expect(Math.min(...overruns)).toBeGreaterThan(0);
      const overrunNanoUsd = overruns.reduce((sum, overrun) => sum + overrun, 0);
      const limitNanoUsd = Number(overrunLimitUsd) * NANO;
      expect(costOf(sent)).toBeGreaterThan(limitNanoUsd);
      expect(costOf(sent) - overrunNanoUsd).toBeLessThanOrEqual(limitNanoUsd);
      await expectSpent("overrun", costOf(sent));
      const [late] = await crowd("after an overrun", plan, {}, 1, 1);
      expect(late?.ending).toMatchObject({ kind: "refused", reason: "BUDGET_EXCEEDED" });
    });

    it("are refused for a model without a price, before it is called", async () => {
      const seenBefore = recordsOf("sim-unpriced");
      const more = { model: "sim-unpriced", maxOutputTokens: 10 };
      const sent = await crowd("unpriced", () => ({ uid: "unpriced", content: "Free?", more }));
      expect(countEndings(sent)).toEqual({ UNPRICED_MODEL: calls });
      expect(recordsOf("sim-unpriced")).toBe(seenBefore);
    });

    it("leave nothing open, and one entry for each answer", async () => {
      const { holds, windows, entries } = await booksOf(scene().project);
      expect(holds).toEqual([]);
      expect(entries.map(({ id }) => id).sort()).toEqual(
        answersOf(everyone)
          .map(({ entryId }) => entryId)
          .sort(),
      );
      expect(windows.map(({ fields }) => fields.held ?? 0)).toEqual(windows.map(() => 0));
    });
  });

  /** An instance's first call loads what later ones find loaded. */
  async function warm(url: string): Promise<void> {
    const planned = { uid: "warm", content: "Hi", more: { model: MODEL, maxOutputTokens: 100 } };
    const sent = await sendTo(url, scene(), calls, planned);
    if (sent.ending.kind !== "answered") throw new Error(JSON.stringify(sent.ending));
    everyone.push(sent);
  }

  /** Every call of a crowd is on its way before the first is answered, unless told otherwise. */
  async function crowd(
    name: string,
    plan: (index: number) => Planned,
    more: object = {},
    atOnce = calls,
    count = calls,
  ): Promise<Sent[]> {
    await roomIn("day", BURST_MS);
    const startedMs = performance.now();
    const sent = await inParallel(count, atOnce, (index) => {
      const planned = plan(index);
      return send(scene(), index, { ...planned, more: { ...planned.more, ...more } });
    });
    everyone.push(...sent);
    const tookMs = performance.now() - startedMs;
    const slowestMs = Math.max(...sent.map((each) => each.tookMs));
    process.stdout.write(
      `crowd, ${name}: ${JSON.stringify(countEndings(sent))}, ${costOf(sent) / NANO} dollars, ` +
        `${(tookMs / 1_000).toFixed(1)} s, the slowest ${(slowestMs / 1_000).toFixed(1)} s\n`,
    );
    return sent;
  }

  /** Costs 60 to 100 % of its bound. */
  function usualCall(uid: string): Planned {
    const { random } = scene();
    const maxOutputTokens = Math.round(usualOutput * 1.25);
    const reasoning = random.from(Math.round(usualOutput * 0.75), maxOutputTokens - 1);
    const content = `Think [sim reasoning=${reasoning} tokens=1 latency=${random.from(20, 150)}]`;
    return { uid, content, more: { model: MODEL, maxOutputTokens } };
  }

  function recordsOf(model: string): number {
    return scene()
      .model.records()
      .filter(({ modelRequested }) => modelRequested === model).length;
  }

  function expectOnlyRefusedBy(
    sent: readonly Sent[],
    budgetIds: readonly (string | undefined)[],
  ): void {
    expect(Object.keys(countEndings(sent)).sort()).toEqual(["BUDGET_EXCEEDED", "answered"]);
    const refusals = sent.flatMap(({ ending }) => (ending.kind === "refused" ? [ending] : []));
    const by = new Set(refusals.map(({ details }) => budgetOf(details)));
    expect(budgetIds).toEqual(expect.arrayContaining([...by]));
  }

  /** Over all windows; a crowd that a slow machine takes into the next minute has two, each with its limit. */
  async function expectSpent(name: string, spent: number, limit = spent): Promise<void> {
    const { windows, ...sums } = await spentIn(scene(), budgets[name] ?? "");
    expect(sums).toEqual({ spent, held: 0 });
    expect(Math.max(...windows)).toBeLessThanOrEqual(limit);
  }
}

function budgetOf(details: object): string {
  return (details as { budget?: { budgetId?: string } }).budget?.budgetId ?? "none";
}

function costOf(sent: readonly Sent[]): number {
  return answersOf(sent).reduce((sum, { cost }) => sum + cost.nanoUsd, 0);
}
