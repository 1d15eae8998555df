import { describe, expect, it } from "@jest/globals";
import { limitLines, makePlan, messagesOf, mustFail } from "../../tools/demo/plan.ts";
import { loadConversations, loadEmbeddingJobs } from "../../tools/demo/samples/samples.ts";

describe("what is sent to the simulated model", () => {
  const plan = makePlan(true);

  it("is every sample, the showcase apart", () => {
    const turns = loadConversations().flatMap((conversation) => conversation.turns).length;
    expect(plan.calls + 1).toBe(turns + loadEmbeddingJobs().length);
    expect(plan.conversations).not.toContain(plan.showcase);
    expect(limitLines(plan)).toEqual([]);
  });

  it("carries the directives at the end of each user message", () => {
    expect(messagesOf({ user: "Hello" }, "[sim cached=8]")).toEqual([
      { role: "user", content: "Hello [sim cached=8]" },
    ]);
  });
});

describe("what is sent to a real provider", () => {
  const plan = makePlan(false);

  it("is bounded in number and length, and says so", () => {
    expect(plan.conversations).toHaveLength(20);
    expect(plan.embeddingJobs).toHaveLength(4);
    const all = [plan.showcase, ...plan.conversations];
    expect(all.filter(({ maxOutputTokens = Infinity }) => maxOutputTokens > 300)).toEqual([]);
    expect(limitLines(plan)).toEqual([
      "A real provider answers: the first 20 conversations alone, 300 tokens at most.",
    ]);
  });

  it("holds neither directives nor models that only the simulated one serves", () => {
    const all = [plan.showcase, ...plan.conversations];
    expect(all.filter(({ sim, simOnly }) => sim !== undefined || simOnly)).toEqual([]);
    expect(all.filter(mustFail)).toEqual([]);
  });

  it("keeps a limit that is lower", () => {
    const [sample] = loadConversations();
    const short = { ...sample, maxOutputTokens: 60, showcase: true } as typeof plan.showcase;
    expect(makePlan(false, [short], []).showcase.maxOutputTokens).toBe(60);
  });
});

describe("a turn", () => {
  it("brings its system prompt first", () => {
    expect(messagesOf({ system: "Be short.", user: "Hello" }, undefined)).toEqual([
      { role: "system", content: "Be short." },
      { role: "user", content: "Hello" },
    ]);
  });
});

describe("a sample that must fail", () => {
  it.each([
    ["[sim fault=500]", true],
    ["[sim fault=500 times=3]", true],
    ["[sim fault=429 times=1]", false],
    ["[sim tokens=60 cutAfter=6]", true],
    ["[sim usage=none]", false],
    ["[sim cached=512]", false],
    [undefined, false],
  ])("is told by its directive: %s", (sim, fails) => {
    const [sample] = loadConversations();
    expect(mustFail({ ...sample, sim } as Parameters<typeof mustFail>[0])).toBe(fails);
  });
});
