import type { Question } from "./callable.ts";
import type { SignIn } from "./sign-in.ts";

/** Pieces in which the simulated model streams its answer. */
export const CHUNKS = 50;
const USERS = 4;

const DATA = {
  model: "gpt-4o-mini",
  messages: [
    {
      role: "system",
      content:
        "You help the people of a bicycle shop. Answer in plain words, name the part and the tool, and say what it costs when you know it.",
    },
    {
      role: "user",
      content: `A customer's rear derailleur skips on the two smallest sprockets since the chain was changed last week. What do we look at first, and how long should it take? [sim tokens=100 chunks=${CHUNKS}]`,
    },
  ],
};

const BODY = JSON.stringify({ data: DATA });

/** The one call that everything is measured with, by a few users in turn. */
export function questions(url: string, signIn: SignIn, streams: boolean) {
  const tokens = Array.from({ length: USERS }, (_, user) => signIn.tokenOf(`bench-${user}`));
  return (index: number): Question => {
    const token = tokens[index % USERS] as string;
    return { url, token, body: BODY, streams };
  };
}
