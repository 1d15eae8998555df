import { type Answer, ask } from "../../e2e/harness/callable.ts";
import type { Claims } from "../../e2e/harness/people.ts";
import { type ChatResponse, saying, streamChat } from "../../e2e/harness/talk.ts";
import type { Scene } from "./scene.ts";

/** A chat request of a load, told from all others by its number. */
export interface Planned {
  readonly uid: string;
  readonly claims?: Claims;
  readonly content: string;
  readonly isStreamed?: boolean;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** How a request ended for its caller; `lost`: the connection broke before an answer. */
export type Ending =
  | { readonly kind: "answered"; readonly response: ChatResponse }
  | { readonly kind: "refused"; readonly reason: string; readonly details: object }
  | { readonly kind: "lost" };

export interface Sent {
  readonly index: number;
  readonly ending: Ending;
  readonly tookMs: number;
}

/** Sends a request to one of the processes, marked with its number, which its hold and its entry keep. */
export async function send(scene: Scene, index: number, planned: Planned): Promise<Sent> {
  return sendTo(await scene.doors.url(scene.random), scene, index, planned);
}

export async function sendTo(
  url: string,
  scene: Scene,
  index: number,
  planned: Planned,
): Promise<Sent> {
  const who = { idToken: scene.tokenOf(planned.uid, planned.claims), url };
  const more = { ...planned.more, metadata: { call: String(index) } };
  const startedMs = performance.now();
  const ending = await (planned.isStreamed
    ? streamChat(who, planned.content, more)
    : ask<ChatResponse>("chat", who, saying(planned.content, more))
  ).then(endingOf, () => ({ kind: "lost" }) as const);
  return { index, ending, tookMs: performance.now() - startedMs };
}

/** "answered", "lost", or the reason of a refusal, and how often. */
export function countEndings(sent: readonly Sent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { ending } of sent) {
    const name = ending.kind === "refused" ? ending.reason : ending.kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

export function answersOf(sent: readonly Sent[]): ChatResponse[] {
  return sent.flatMap(({ ending }) => (ending.kind === "answered" ? [ending.response] : []));
}

/** The number of the request that an entry or a hold is of. */
export function callOf({ fields }: { readonly fields: Readonly<Record<string, unknown>> }): number {
  return Number((fields.metadata as { call: string }).call);
}

function endingOf({ result, error }: Answer<ChatResponse>): Ending {
  if (result) return { kind: "answered", response: result };
  if (!error) return { kind: "lost" };
  const { reason = error.status, ...details } = error.details ?? {};
  return { kind: "refused", reason, details };
}
