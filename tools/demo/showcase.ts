import { type Outcome, reasonOf, say } from "./conversation.ts";
import type { FrontEnd } from "./front-end.ts";
import { duration, exactUsd, grouped } from "./money.ts";
import { messagesOf, mustFail } from "./plan.ts";
import type { Conversation } from "./samples/samples.ts";
import { type Screen, WIDTH } from "./screen.ts";
import { wordWrap } from "./word-wrap.ts";

const QUESTION = { width: WIDTH, indent: "  " };
const ANSWER = { width: WIDTH, indent: "  > " };

/** One call whose answer is shown as it comes. */
export async function stream(
  frontEnd: FrontEnd,
  conversation: Conversation,
  screen: Screen,
): Promise<Outcome> {
  const { user, sessionId, model } = conversation;
  const messages = conversation.turns.flatMap((turn) => messagesOf(turn, conversation.sim));
  screen.line(`${screen.colors.bold(frontEnd.person.displayName)} asks ${model}:`);
  ask(conversation, screen);
  const outcome = { user, sessionId, model, mustFail: mustFail(conversation) };
  const answer = wordWrap((text) => void screen.stream.write(text), ANSWER);
  const startedMs = performance.now();
  let firstMs: number | undefined;
  try {
    const { usage, cost } = await say(frontEnd, conversation, messages, (delta) => {
      firstMs ??= performance.now() - startedMs;
      answer.push(delta);
    });
    answer.end();
    const tokens = `${grouped(usage.inputTokens)} -> ${grouped(usage.outputTokens)} tokens`;
    const first = `first word after ${duration(firstMs ?? 0)}, a cold start`;
    screen.line(`  ${tokens}, ${exactUsd(cost.nanoUsd)}, ${first}`);
    return { ...outcome, failure: null };
  } catch (error) {
    answer.end();
    screen.line(`  ${reasonOf(error)}`);
    return { ...outcome, failure: reasonOf(error) };
  }
}

/** The words alone; what steers the simulated model is none of the reader's. */
function ask({ turns }: Conversation, { stream: out }: Screen): void {
  const question = wordWrap((text) => void out.write(text), QUESTION);
  for (const { user } of turns) question.push(`${user} `);
  question.end();
}
