import { post } from "../../e2e/harness/callable.ts";
import { saying } from "../../e2e/harness/talk.ts";
import type { Planned } from "./load.ts";
import type { Scene } from "./scene.ts";

/** When a caller leaves: so long after asking, or after the first piece of the answer. */
export interface Leaving {
  readonly after: "asking" | "first piece";
  readonly delayMs: number;
}

/** Asks for a stream and leaves it. When that was, or null when the answer had ended before. */
export async function askAndLeave(
  scene: Scene,
  index: number,
  { uid, content, more }: Planned,
  { after, delayMs }: Leaving,
): Promise<Date | null> {
  const client = new AbortController();
  let leftAt: Date | null = null;
  const leave = () => {
    leftAt = new Date();
    client.abort();
  };
  const data = saying(content, { ...more, metadata: { call: String(index) } });
  const who = { idToken: scene.tokenOf(uid), url: await scene.doors.url(scene.random) };
  const init = { signal: client.signal, headers: { accept: "text/event-stream" } };
  let timer = after === "asking" ? setTimeout(leave, delayMs) : undefined;
  try {
    const response = await post("chat", JSON.stringify({ data }), who, init);
    for await (const _ of response.body ?? []) timer ??= setTimeout(leave, delayMs);
  } catch (error) {
    if (leftAt === null) throw error;
  } finally {
    clearTimeout(timer);
  }
  return leftAt;
}
