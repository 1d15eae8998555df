import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { untilAggregated } from "./harness/aggregated.ts";
import { type Asker, ask, post, stream } from "./harness/callable.ts";
import { useDoors } from "./harness/framework.ts";
import { inParallel } from "./harness/parallel.ts";
import { type Person, signUp } from "./harness/people.ts";
import { LOGS, SLOW_MS } from "./harness/stack.ts";
import { collections, find } from "./harness/store.ts";
import { saying } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

/** One word each, so that it would be found however it is quoted or cut. */
const PROMPT = `prompt${randomUUID().replaceAll("-", "")}`;
const KEY = `sk-key${randomUUID().replaceAll("-", "")}`;
const REFUSED_KEY = `key${randomUUID().replaceAll("-", "")}`;
/** A name that no price book has: what it says is the caller's, and people have to see it to set a price. */
const MODEL = `model${randomUUID().replaceAll("-", "")}`;
/** Where the name of a model may stand: in its entries, in what is not aggregated yet, in the alert that it has no price. */
const NAMES_MODELS = ["budget_alerts", "usage_holds", "usage_outbox", "usage_tracking"];

const doors = useDoors({ OPENAI_API_KEY: KEY });
/** A key that the model refuses, and quotes in its refusal as OpenAI does. */
const lockedOut = useDoors({ OPENAI_API_KEY: REFUSED_KEY });

const TOOL = {
  type: "function",
  function: { name: "look_up", description: PROMPT, parameters: { type: "object" } },
};

/** Requests that go well and requests that fail, each with the prompt wherever a caller may put it. */
const REQUESTS: readonly (readonly [string, unknown])[] = [
  ["chat", saying(PROMPT)],
  ["chat", saying(PROMPT, { tools: [TOOL] })],
  ["chat", { model: "gpt-4o", messages: [{ role: "system", content: PROMPT }] }],
  ...["429", "500", "reset", "badjson"].map((fault) => {
    return ["chat", saying(`${PROMPT} [sim fault=${fault}]`)] as const;
  }),
  ["chat", saying(`${PROMPT} [sim usage=none]`)],
  ["chat", saying(`${PROMPT} [sim ${PROMPT}=1]`)],
  ["chat", saying(PROMPT, { model: MODEL })],
  ["chat", saying(PROMPT, { [PROMPT]: 1 })],
  ["chat", saying(PROMPT, { temperature: PROMPT })],
  ["chat", { model: "gpt-4o", messages: [{ role: PROMPT, content: PROMPT }] }],
  ["chat", { model: "gpt-4o", messages: [{ role: "user", content: { text: PROMPT } }] }],
  ["estimateCost", saying(PROMPT)],
  ["embed", { model: "text-embedding-3-small", input: [PROMPT, PROMPT] }],
  ["embed", { model: "text-embedding-3-small", input: `${PROMPT} [sim fault=500]` }],
  ["embed", { model: "text-embedding-3-small", input: { [PROMPT]: PROMPT } }],
];

/** Bodies that never become a request. */
const BROKEN = [
  `{"data":{"messages":"${PROMPT}"`,
  `{"messages":"${PROMPT}"}`,
  `{"data":{"@type":"${PROMPT}","value":"${PROMPT}"}}`,
  `{"data":{"a":{"@type":"type.googleapis.com/${PROMPT}"}}}`,
  `"${PROMPT}"`,
];

/** Retries wait for a while, and others need not. */
const AT_ONCE = 3;

/** Everything that callers were told. */
async function driveAll(who: Asker): Promise<string> {
  const told: unknown[] = await inParallel(REQUESTS.length, AT_ONCE, async (index) => {
    const [door, data] = REQUESTS[index] as (typeof REQUESTS)[number];
    const plain = await ask(door, who, data);
    return [plain, door === "chat" ? await stream(door, who, data) : undefined];
  });
  for (const body of BROKEN) told.push(await (await post("chat", body, who)).text());
  return JSON.stringify(told);
}

describe("a prompt and a provider's key", () => {
  let ann: Person;
  let told: string;
  let toldByLockedOut: string;

  beforeAll(async () => {
    ann = await signUp("secrecy");
    const refused = ask("chat", { ...ann, url: lockedOut().url }, saying(PROMPT));
    [, told] = await Promise.all([driveAll(ann), driveAll({ ...ann, url: doors().url })]);
    toldByLockedOut = JSON.stringify(await refused);
    await untilAggregated([ann.uid]);
  }, SLOW_MS);

  it("are not in what the functions write, at whatever level", () => {
    for (const output of [doors().output(), lockedOut().output()]) {
      expect(output).toContain("Callable request verification");
      expectNeither(output);
    }
  });

  it("are not in the logs of the stack", () => {
    const logs = readdirSync(LOGS).map((name) => readFileSync(join(LOGS, name), "utf8"));
    expect(logs.join()).toContain("us-central1-chat");
    expectNeither(logs.join());
  });

  it("are not in the store, where only what is about a model has the name that was asked for", async () => {
    const names = await collections();
    const naming: string[] = [];
    for (const name of names) {
      const text = JSON.stringify(await find(name));
      expectNeither(text);
      if (text.includes(MODEL)) naming.push(name);
    }
    expect(naming).toContain("usage_tracking");
    expect(NAMES_MODELS).toEqual(expect.arrayContaining(naming));
  });

  it("are not in what callers are told, but for names that they themselves gave", () => {
    expect(told).not.toContain(KEY);
    const { error } = JSON.parse(toldByLockedOut) as { error: { details: { reason: string } } };
    expect(error.details.reason).toBe("PROVIDER_REJECTED");
    expectNeither(toldByLockedOut);
  });
});

function expectNeither(text: string): void {
  for (const secret of [PROMPT, KEY, REFUSED_KEY]) {
    const at = text.indexOf(secret);
    expect(at < 0 ? "" : text.slice(Math.max(0, at - 300), at + 200)).toBe("");
  }
}
