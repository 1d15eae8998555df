import { afterAll, beforeAll } from "@jest/globals";
import OpenAI, { type ClientOptions } from "openai";
import { type SimModel, startSimModel } from "../../tools/sim-model/server.ts";

export const KEY = "sk-simulated";

/** A simulated model that lives as long as the test file. */
export function useSimModel() {
  let model: SimModel | undefined;
  beforeAll(async () => {
    model = await startSimModel();
  });
  afterAll(async () => model?.stop());

  const running = (): SimModel => {
    if (model === undefined) throw new Error("the simulated model is not up yet");
    return model;
  };
  return {
    url: () => running().url,
    records: () => running().records(),
    lastRecord: () => running().records().at(-1),
    stats: () => running().stats(),
    /** The official client; it retries nothing unless told to. */
    client: (options: ClientOptions = {}) =>
      new OpenAI({
        apiKey: KEY,
        baseURL: `${running().url}/v1`,
        maxRetries: 0,
        fetch: fetchWithOwnErrors,
        ...options,
      }),
    post: (path: string, body: unknown, init: RequestInit = {}) =>
      fetch(running().url + path, {
        method: "POST",
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...init,
      }),
  };
}

/** The JSON of an answer, taken to be of the type that the test expects. */
export async function jsonOf<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** Jest runs tests in a realm of their own, and the official client knows only errors of that realm. */
export function fetchWithOwnErrors(...request: Parameters<typeof fetch>): Promise<Response> {
  return fetch(...request).catch(({ name, message, cause }: Error) => {
    throw Object.assign(new Error(message, { cause }), { name });
  });
}

/** A chat body with one user message. */
export function ask(content: string, more: object = {}) {
  return { model: "gpt-4o-mini", messages: [{ role: "user" as const, content }], ...more };
}

/** Looks again until it is so; says what it saw last when it never is. */
export async function eventually<T>(look: () => T, isSo: (seen: T) => boolean): Promise<T> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const seen = look();
    if (isSo(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(seen)} after 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
