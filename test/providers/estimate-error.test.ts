import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { estimateInput } from "../../functions/src/calls/estimate-input.ts";
import type { ChatMessage, ChatRequest, Provider } from "../../functions/src/calls/port.ts";
import { inputTokens } from "../../functions/src/core/tokens.ts";
import { openAiProvider } from "../../functions/src/providers/openai/openai-provider.ts";
import { runChat } from "../../functions/src/providers/openai/testing/run-provider.ts";
import { tokenCounter } from "../../functions/src/providers/tokenizer/token-counter.ts";
import { keepAliveAgent } from "../../functions/src/providers/transport/http-transport.ts";
import { type Conversation, loadConversations } from "../../tools/demo/samples/samples.ts";
import { type SimModel, startSimModel } from "../../tools/sim-model/server.ts";

jest.setTimeout(60_000);

const agent = keepAliveAgent();
const counter = tokenCounter();
let sim: SimModel;
let provider: Provider;

beforeAll(async () => {
  sim = await startSimModel();
  const limits = { totalTimeoutMs: 20_000, idleTimeoutMs: 5_000 };
  const baseUrl = `${sim.url}/v1`;
  provider = openAiProvider({ baseUrl, apiKey: () => "sk-test", agent, ...limits });
});

afterAll(async () => {
  await agent.destroy();
  await sim.stop();
});

/** Characters; a multiple of every run's. */
const RUN = 6_000;

/** Estimated before the call, and billed by a model that counts for itself. */
interface Counted {
  readonly estimated: number;
  readonly billed: number;
}

async function countBoth(request: ChatRequest): Promise<Counted> {
  const { inputTokens: estimated } = await estimateInput(counter, request);
  const { answer, failure } = await runChat(provider, { ...request, maxOutputTokens: 1 });
  expect(failure).toBeNull();
  return { estimated, billed: inputTokens(provider.convertUsage(answer.rawUsage).classes) };
}

/** A sample's turns, each with those before it. */
function requestsOf({ turns, model, tools }: Conversation): ChatRequest[] {
  const said: ChatMessage[] = [];
  return turns.map(({ system, user }) => {
    if (system !== undefined) said.push({ role: "system", content: system });
    said.push({ role: "user", content: user });
    const messages = [...said];
    said.push({ role: "assistant", content: "Certainly. One moment, please." });
    return { model, messages, stream: false, ...(tools && { tools, toolChoice: "none" }) };
  });
}

function say(what: string, counts: readonly Counted[]): void {
  const exact = counts.filter(({ estimated, billed }) => estimated === billed).length;
  const above = counts.map(({ estimated, billed }) => estimated - billed);
  const shares = counts.map(({ estimated, billed }) => (estimated - billed) / billed);
  process.stdout.write(
    `estimates of ${counts.length} ${what}: ${exact} exact, none below; most above: ` +
      `${Math.max(...above)} tokens, ${(100 * Math.max(...shares)).toFixed(2)} %\n`,
  );
}

describe("the estimate of a prompt, against a model that counts for itself", () => {
  const all = loadConversations().filter(({ simOnly }) => !simOnly);

  it("is exact for messages", async () => {
    const requests = all.filter(({ tools }) => !tools).flatMap(requestsOf);
    const counts = await Promise.all(requests.map(countBoth));
    say("prompts of messages", counts);
    for (const { estimated, billed } of counts) expect(estimated).toBe(billed);
  });

  it("is a few tokens above for tools", async () => {
    const requests = all.filter(({ tools }) => tools).flatMap(requestsOf);
    const counts = await Promise.all(requests.map(countBoth));
    say("prompts with tools", counts);
    for (const { estimated, billed } of counts) {
      expect(estimated).toBeGreaterThanOrEqual(billed);
      expect(estimated).toBeLessThanOrEqual(billed + 40);
    }
  });

  it("is up to 3 tokens in 256 characters above for runs that would hold a tokenizer up", async () => {
    const hostile = ["a", "+", "ab#", " "].map((run) => run.repeat(RUN / run.length));
    const asked = hostile.map((content): ChatRequest => {
      return { model: "gpt-4o", messages: [{ role: "user", content }], stream: false };
    });
    const counts: Counted[] = [];
    for (const request of asked) counts.push(await countBoth(request));
    say("hostile prompts", counts);
    for (const { estimated, billed } of counts) {
      expect(estimated).toBeGreaterThanOrEqual(billed);
      expect(estimated).toBeLessThanOrEqual(billed + (3 * RUN) / 256);
    }
  });
});
