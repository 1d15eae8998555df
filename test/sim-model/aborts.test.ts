import { describe, expect, it } from "@jest/globals";
import { ask, eventually, useSimModel } from "./harness.ts";

const sim = useSimModel();

const isIdle = () => sim.stats().inFlight === 0;
const recordOf = (marker: number) =>
  eventually(
    () => sim.records()[marker],
    (record) => record !== undefined,
  );

describe("a client that leaves", () => {
  it("ends the stream at once, and pays for what was produced", async () => {
    const marker = sim.records().length;
    const stream = await sim.client().chat.completions.create({
      ...ask("Slowly [sim chunkDelay=30 tokens=200 reasoning=64]"),
      stream: true,
    });
    let seen = 0;
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) seen += 1;
      if (seen === 3) break;
    }
    const leftAt = Date.now();
    const record = await recordOf(marker);
    expect(record).toMatchObject({ outcome: "aborted", stream: true, status: 200 });
    expect(Date.parse(record?.at ?? "") - leftAt).toBeLessThan(200);
    expect(record?.completionTokens).toBeGreaterThanOrEqual(64 + 3);
    expect(record?.completionTokens).toBeLessThan(64 + 20);
    await eventually(isIdle, Boolean);
  });

  it("before the first chunk pays for the prompt", async () => {
    const marker = sim.records().length;
    const leave = new AbortController();
    const response = await sim.post(
      "/v1/chat/completions",
      ask("Wait [sim firstChunk=60000]", { stream: true }),
      { signal: leave.signal },
    );
    expect(response.status).toBe(200);
    leave.abort();
    const record = await recordOf(marker);
    expect(record).toMatchObject({ outcome: "aborted", completionTokens: 0 });
    expect(record?.promptTokens).toBeGreaterThan(0);
  });

  it("before a plain answer pays for the prompt", async () => {
    const marker = sim.records().length;
    const answer = sim.post("/v1/chat/completions", ask("Wait [sim latency=60000]"), {
      signal: AbortSignal.timeout(50),
    });
    await expect(answer).rejects.toThrow();
    expect(await recordOf(marker)).toMatchObject({
      outcome: "aborted",
      status: null,
      completionTokens: 0,
    });
  });

  it("without reading on holds up the stream, and no memory", async () => {
    const marker = sim.records().length;
    const leave = new AbortController();
    await sim.post("/v1/chat/completions", ask("Flood [sim tokens=150000]", { stream: true }), {
      signal: leave.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sim.stats().inFlight).toBe(1);
    leave.abort();
    const record = await recordOf(marker);
    expect(record?.outcome).toBe("aborted");
    expect(record?.completionTokens).toBeLessThan(150_000);
    await eventually(isIdle, Boolean);
  });

  it("while it still sends leaves no record and no request open", async () => {
    const marker = sim.records().length;
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"model":')),
    });
    const init: RequestInit = { body, duplex: "half", signal: AbortSignal.timeout(50) };
    await expect(sim.post("/v1/chat/completions", "", init)).rejects.toThrow();
    await eventually(isIdle, Boolean);
    expect(sim.records()).toHaveLength(marker);
  });
});
