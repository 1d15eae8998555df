import type { Question } from "./callable.ts";
import type { SignIn } from "./sign-in.ts";

/** Pieces in which the simulated model streams its answer. */
export const CHUNKS = 50;
const USERS = 4;

const SYSTEM =
  "You help the people of a bicycle shop. Answer in plain words, name the part and the tool, and say what it costs when you know it.";
const PROBLEM =
  "A customer's rear derailleur skips on the two smallest sprockets since the chain was changed last week. What do we look at first, and how long should it take?";

/** How the one call that everything is measured with is made. */
export interface Manner {
  readonly streams: boolean;
  /** How long the model takes for an answer; it answers at once unless told otherwise. */
  readonly modelMs?: number;
}

/**
 * The one call that everything is measured with, by a few users in turn. The system prompt is always the same and the
 * question never, as it is in life: the tokens of the one are known, those of the other are counted at every call.
 */
export function questions(url: string, signIn: SignIn, { streams, modelMs }: Manner) {
  const tokens = Array.from({ length: USERS }, (_, user) => signIn.tokenOf(`bench-${user}`));
  const wait = modelMs === undefined ? "" : ` latency=${modelMs}`;
  let asked = 0;
  return (index: number): Question => {
    asked += 1;
    const token = tokens[index % USERS] as string;
    return { url, token, body: bodyOf(`Case ${asked}. ${PROBLEM}`, wait), streams };
  };
}

function bodyOf(problem: string, wait: string): string {
  const messages = [
    { role: "system", content: SYSTEM },
    { role: "user", content: `${problem} [sim tokens=100 chunks=${CHUNKS}${wait}]` },
  ];
  return JSON.stringify({ data: { model: "gpt-4o-mini", messages } });
}
