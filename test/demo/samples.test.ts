import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { list, object, text } from "../../tools/demo/samples/checks.ts";
import {
  loadConversations,
  loadEmbeddingJobs,
  loadPeople,
} from "../../tools/demo/samples/samples.ts";
import { parseDirectives } from "../../tools/sim-model/directives.ts";
import { chatModel, embeddingModel } from "../../tools/sim-model/models.ts";
import { countTokens } from "../../tools/sim-model/tokens.ts";

const MAX_JSON_BYTES = 400_000;
const MAX_FAULTY_CALLS = 6;
const ID = /^[A-Za-z0-9-]{1,128}$/;
const FREE_MODEL = "sim-free";

const people = loadPeople();
const conversations = loadConversations();
const embeddingJobs = loadEmbeddingJobs();
const sessions = [...conversations, ...embeddingJobs];

const duplicates = (values: readonly string[]) =>
  values.filter((value, index) => values.indexOf(value) !== index);
const directivesOf = (sim: string | undefined) => parseDirectives(sim ?? "");

describe("the sample people", () => {
  it("are eight, with one admin among them", () => {
    expect(people).toHaveLength(8);
    expect(people.filter((person) => person.admin).map((person) => person.email)).toEqual([
      "admin@example.com",
    ]);
  });

  it("have addresses of nobody, each of them once", () => {
    const emails = people.map((person) => person.email);
    expect(emails.filter((email) => !email.endsWith("@example.com"))).toEqual([]);
    expect(duplicates(emails)).toEqual([]);
  });

  it("belong to several departments and organisations", () => {
    expect(new Set(people.map((person) => person.department)).size).toBeGreaterThanOrEqual(5);
    expect(new Set(people.map((person) => person.orgId)).size).toBe(2);
  });
});

describe("the sample conversations", () => {
  it("amount to a few hundred calls", () => {
    const calls = conversations.flatMap((conversation) => conversation.turns).length;
    expect(calls).toBeGreaterThanOrEqual(300);
    expect(calls).toBeLessThanOrEqual(400);
  });

  it("belong to sample people, all of whom take part", () => {
    const known = people.map((person) => person.email).sort();
    expect([...new Set(sessions.map((session) => session.user))].sort()).toEqual(known);
  });

  it("have one session each, with an id that fits the callables", () => {
    expect(duplicates(sessions.map(({ user, sessionId }) => `${user} ${sessionId}`))).toEqual([]);
    expect(
      sessions.filter(({ sessionId, agent }) => !ID.test(sessionId) || !ID.test(agent)),
    ).toEqual([]);
  });

  it("never ask the same thing twice", () => {
    expect(duplicates(conversations.flatMap(({ turns }) => turns.map(({ user }) => user)))).toEqual(
      [],
    );
  });

  it("name models that the simulated model serves, from many families", () => {
    const models = new Set(conversations.map(({ model }) => chatModel(model).name));
    expect(models.size).toBeGreaterThanOrEqual(11);
    for (const { model } of embeddingJobs) expect(embeddingModel(model).name).toBe(model);
  });

  it("keep the free model away from a real provider", () => {
    const simOnly = conversations.filter((conversation) => conversation.simOnly);
    expect(simOnly).toEqual(conversations.filter(({ model }) => model === FREE_MODEL));
    expect(simOnly.length).toBeGreaterThan(0);
  });

  it("are short and long", () => {
    const lengths = conversations.flatMap(({ turns }) => turns.map(({ user }) => user.length));
    expect(Math.min(...lengths)).toBeLessThan(20);
    expect(Math.max(...lengths)).toBeGreaterThan(2_000);
    const turns = conversations.map((conversation) => conversation.turns.length);
    expect([Math.min(...turns), Math.max(...turns)]).toEqual([1, 9]);
  });

  it("open with the system prompt, if they have one", () => {
    const later = conversations.flatMap(({ turns }) => turns.slice(1));
    expect(later.filter((turn) => turn.system !== undefined)).toEqual([]);
  });

  it("have tags within the bounds of the callables", () => {
    const tags = conversations.flatMap((conversation) => Object.entries(conversation.tags ?? {}));
    expect(tags.filter(([key, value]) => key.length > 40 || value.length > 100)).toEqual([]);
  });

  it("show exactly one while it streams", () => {
    const shown = conversations.filter((conversation) => conversation.showcase);
    expect(shown).toMatchObject([{ model: "gpt-4o-mini", stream: true }]);
    expect(shown[0]?.turns).toHaveLength(1);
  });

  it("are small enough to be read", () => {
    const folder = join(import.meta.dirname, "../../tools/demo/samples");
    const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
    const bytes = files.map((name) => statSync(join(folder, name)).size);
    expect(files).toHaveLength(5);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(MAX_JSON_BYTES);
  });
});

describe("tools in the sample conversations", () => {
  const withTools = conversations.filter((conversation) => conversation.tools);

  it("are offered in about ten", () => {
    expect(withTools.length).toBeGreaterThanOrEqual(8);
    expect(withTools.length).toBeLessThanOrEqual(14);
  });

  it("have names that a model can call and schemas that require only what they describe", () => {
    for (const { function: definition } of withTools.flatMap(({ tools }) => tools ?? [])) {
      expect(definition.name).toMatch(/^[a-z_]{1,64}$/);
      expect(definition.parameters).toMatchObject({ type: "object", additionalProperties: false });
      const { properties, required = [] } = definition.parameters;
      expect(Object.keys(properties ?? {})).toEqual(expect.arrayContaining(required as string[]));
    }
  });

  it("end the conversation, for nobody here would run them and answer", () => {
    expect(withTools.filter(({ turns }) => turns.length > 1)).toEqual([]);
  });

  it("are called by the simulated model only where they are offered", () => {
    for (const { sim, tools = [] } of conversations) {
      const { tool } = directivesOf(sim);
      if (tool !== undefined) expect(tools.map((each) => each.function.name)).toContain(tool);
    }
  });
});

describe("directives in the sample conversations", () => {
  it("stand apart from the words, which a real provider gets as they are", () => {
    const words = conversations.flatMap(({ turns }) => turns.map(({ user }) => user));
    expect(words.filter((user) => user.includes("[sim"))).toEqual([]);
    for (const { sim } of conversations) if (sim) expect(sim).toMatch(/^\[sim [^\]]+\]$/);
  });

  it("ask for no more cached tokens than the prompt holds", () => {
    for (const { sim, turns } of conversations) {
      const [first] = turns;
      const prompt = `${first?.system ?? ""}${first?.user ?? ""}`;
      const cached = directivesOf(sim).cached ?? 0;
      expect(countTokens("o200k_base", prompt)).toBeGreaterThanOrEqual(cached);
    }
  });

  it("make reasoning models think and no others", () => {
    for (const { sim, model } of conversations) {
      if (directivesOf(sim).reasoning !== undefined) expect(chatModel(model).effort).not.toBeNull();
    }
  });

  it("cause a handful of faults, of several kinds", () => {
    const faulty = conversations.filter(({ sim }) => {
      const { fault, usage, cutAfter } = directivesOf(sim);
      return (fault ?? usage ?? cutAfter) !== undefined;
    });
    expect(faulty.length).toBeGreaterThan(0);
    expect(faulty.flatMap(({ turns }) => turns).length).toBeLessThanOrEqual(MAX_FAULTY_CALLS);
  });

  it("cut only what streams", () => {
    const cut = conversations.filter(({ sim }) => directivesOf(sim).cutAfter !== undefined);
    expect(cut.filter((conversation) => !conversation.stream)).toEqual([]);
  });
});

describe("the sample embeddings", () => {
  it("are a dozen jobs with both models", () => {
    expect(embeddingJobs.length).toBeGreaterThanOrEqual(12);
    expect(new Set(embeddingJobs.map(({ model }) => model)).size).toBe(2);
  });
});

describe("the checks of the sample files", () => {
  const check = object({ user: text }, { words: list(text) });

  it("leave absent fields absent", () => {
    expect(Object.keys(check({ user: "maya" }, "file"))).toEqual(["user"]);
  });

  it.each([
    [{}, "file.user should be there"],
    [{ user: "" }, "file.user should be a text"],
    [{ user: "maya", word: [] }, "file.word should be a known field"],
    [{ user: "maya", words: ["one", 2] }, "file.words[1] should be a text, not 2"],
    [[], "file should be an object"],
  ])("say where %j is wrong", (value, message) => {
    expect(() => check(value, "file")).toThrow(message);
  });
});
