import { describe, expect, it } from "@jest/globals";
import { recordBook, type SimRecord } from "../../tools/sim-model/records.ts";
import { ask, jsonOf, useSimModel } from "./harness.ts";

const RECORD: Omit<SimRecord, "seq"> = {
  id: null,
  receivedAt: "",
  at: "",
  endpoint: "",
  model: null,
  modelRequested: null,
  stream: false,
  status: 200,
  outcome: "ok",
  usage: null,
  promptTokens: 0,
  completionTokens: 0,
  requestIdHeader: "",
  headersSeen: {},
  bodyKeys: [],
  maxTokens: null,
};

describe("a book of records", () => {
  function filled(count: number, limit: number) {
    const book = recordBook(limit);
    for (let index = 0; index < count; index += 1) book.add(RECORD);
    return book;
  }
  const seqs = (records: SimRecord[]) => records.map((record) => record.seq);

  it.each([
    [0, []],
    [2, [1, 2]],
    [3, [1, 2, 3]],
    [4, [2, 3, 4]],
    [10, [8, 9, 10]],
  ])("of 3 places keeps of %d the newest", (count, kept) => {
    expect(seqs(filled(count, 3).since(0))).toEqual(kept);
  });

  it("lists what is newer than a number", () => {
    expect(seqs(filled(5, 10).since(3))).toEqual([4, 5]);
    expect(filled(5, 10).since(5)).toEqual([]);
    expect(filled(5, 10).since(99)).toEqual([]);
  });

  it("goes on counting after it was cleared", () => {
    const book = filled(5, 3);
    book.clear();
    expect(book.since(0)).toEqual([]);
    book.add(RECORD);
    expect(seqs(book.since(0))).toEqual([6]);
  });
});

describe("records over HTTP", () => {
  const sim = useSimModel();
  const get = async (path: string) => (await fetch(sim.url() + path)).json();
  const list = async (query = "") =>
    jsonOf<{ records: SimRecord[] }>(await fetch(`${sim.url()}/sim/records${query}`));

  it("hold what was billed and seen, and not what was said", async () => {
    const body = ask("A secret question [sim tokens=7]", { max_completion_tokens: 50 });
    const answer = await sim.client().chat.completions.create(body, {
      headers: { "x-client-request-id": "mine-1" },
    });
    const { records } = await list();
    expect(records.at(-1)).toEqual({
      seq: records.length,
      id: answer.id,
      receivedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      at: expect.stringMatching(/^20\d\d-.*Z$/),
      endpoint: "/v1/chat/completions",
      model: "gpt-4o-mini-2024-07-18",
      modelRequested: "gpt-4o-mini",
      stream: false,
      status: 200,
      outcome: "ok",
      usage: answer.usage,
      promptTokens: answer.usage?.prompt_tokens,
      completionTokens: 7,
      requestIdHeader: answer._request_id,
      headersSeen: { "x-client-request-id": "mine-1", "x-stainless-retry-count": "0" },
      bodyKeys: ["model", "messages", "max_completion_tokens"],
      maxTokens: 50,
    });
    expect(JSON.stringify(records)).not.toContain("secret");
  });

  it("can be listed from a number on, and cleared", async () => {
    const before = (await list()).records.at(-1)?.seq ?? 0;
    await sim.client().chat.completions.create(ask("One more"));
    expect((await list(`?since=${before}`)).records).toHaveLength(1);
    await fetch(`${sim.url()}/sim/records`, { method: "DELETE" });
    expect((await list()).records).toEqual([]);
  });

  it("say what is wrong with the question", async () => {
    expect((await fetch(`${sim.url()}/sim/records?since=x`)).status).toBe(400);
    expect((await fetch(`${sim.url()}/sim/nothing`)).status).toBe(404);
  });

  it("come with the state of the server", async () => {
    expect(await get("/sim/health")).toEqual({ ok: true });
    expect(await get("/sim/stats")).toEqual({
      inFlight: 0,
      total: expect.any(Number),
      openSockets: expect.any(Number),
    });
  });
});
