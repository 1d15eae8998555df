import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import {
  CHAT_KEYS,
  EMBEDDING_KEYS,
  parseDirectives,
  withoutDirectives,
} from "../../tools/sim-model/directives.ts";

describe("directives", () => {
  it("reads every kind of value", () => {
    const text =
      "Hi [sim latency=300 firstChunk=500 chunkDelay=5 chunks=50 tokens=120 cached=1024 reasoning=50 " +
      "fault=429 times=1 retryAfter=2 cutAfter=3 usage=none model=gpt-x tool=get_weather audioIn=7 " +
      "audioOut=8 billExtra=9] there";
    expect(parseDirectives(text)).toEqual({
      latency: 300,
      firstChunk: 500,
      chunkDelay: 5,
      chunks: 50,
      tokens: 120,
      cached: 1024,
      reasoning: 50,
      fault: "429",
      times: 1,
      retryAfter: 2,
      cutAfter: 3,
      usage: "none",
      model: "gpt-x",
      tool: "get_weather",
      audioIn: 7,
      audioOut: 8,
      billExtra: 9,
    });
  });

  it.each([
    "no directive at all",
    "[simple latency=1]",
    "[similar]",
    "(sim latency=1)",
    "[sim",
    "[sim latency=1",
  ])("finds none in %j", (text) => {
    expect(parseDirectives(text)).toEqual({});
  });

  it("takes an empty block for none, and several blocks for one", () => {
    expect(parseDirectives("[sim]")).toEqual({});
    expect(parseDirectives("[sim tokens=1] and\n[sim\n latency=2 ]")).toEqual({
      tokens: 1,
      latency: 2,
    });
  });

  it.each([
    ["an unknown key", "[sim latencyy=3]", "Unknown directive 'latencyy'"],
    ["a key of every object", "[sim constructor=3]", "Unknown directive 'constructor'"],
    ["a key without value", "[sim latency]", "'latency' takes a whole number"],
    ["a fraction", "[sim latency=1.5]", "'latency' takes a whole number"],
    ["a negative number", "[sim tokens=-1]", "'tokens' takes a whole number"],
    ["a number beyond its bound", "[sim latency=600001]", "from 0 to 600000"],
    ["a number below its bound", "[sim times=0]", "from 1 to"],
    ["an unknown fault", "[sim fault=418]", "'fault' is one of 429, 500"],
    ["an unknown usage", "[sim usage=some]", "'usage' is one of none"],
    ["an empty name", "[sim model=]", "'model' takes a name"],
    ["a key given twice", "[sim tokens=1 tokens=2]", "'tokens' is given twice"],
  ])("refuses %s", (_what, text, reason) => {
    expect(() => parseDirectives(text)).toThrow(reason);
  });

  it("refuses for embeddings what only a chat can do", () => {
    expect(parseDirectives("[sim latency=1]", EMBEDDING_KEYS)).toEqual({ latency: 1 });
    expect(() => parseDirectives("[sim tokens=1]", EMBEDDING_KEYS)).toThrow("Unknown directive");
  });

  it("leaves the rest of the message as it is", () => {
    expect(withoutDirectives("How [sim tokens=1]are you?")).toBe("How are you?");
  });

  it("are explained in the README, each of them", () => {
    const readme = readFileSync("tools/sim-model/README.md", "utf8");
    const table = readme.split("## Directives")[1]?.split("## Records")[0] ?? "";
    const explained = [...table.matchAll(/`(\w+)=/g)].map(([, key]) => key);
    expect(new Set(explained)).toEqual(new Set(CHAT_KEYS));
  });

  it("reads a message full of open brackets in no time", () => {
    expect(parseDirectives("[sim ".repeat(200_000))).toEqual({});
  });
});
