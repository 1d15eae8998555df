import { setTimeout as delay } from "node:timers/promises";
import type { EntryItem, ListEntriesResponse } from "../../functions/src/contracts/entries.ts";
import type { GetSessionUsageResponse } from "../../functions/src/contracts/reports.ts";
import { reasonOf, say } from "./conversation.ts";
import type { FrontEnd } from "./front-end.ts";
import type { People } from "./people.ts";
import { messagesOf } from "./plan.ts";
import { type Conversation, loadConversations } from "./samples/samples.ts";

const AGENT = "expense-checker";
const SESSION = "a-call-just-now";
const QUESTION =
  "A train ticket for 48 dollars, a taxi to the airport and two coffees with a client: which of these do I get back?";
/** Caches a part of the long system prompt, as a provider does when it has seen it before. */
const SIM = "[sim cached=768 tokens=86 latency=250]";
const MAX_OUTPUT_TOKENS = 200;

const POLL_MS = 10;
const MAX_WAIT_MS = 20_000;

/** One call from the question to its bill. */
export interface CallJustNow {
  readonly entry: EntryItem;
  /** From the answer to the first report that has it; null when none had it in time. */
  readonly aggregatedWithinMs: number | null;
}

/** The sample that lends its system prompt, and its user who asks. */
function lender(): Conversation {
  const found = loadConversations().find(
    ({ agent, turns }) => agent === AGENT && turns[0]?.system !== undefined,
  );
  if (!found) throw new TypeError(`No sample conversation of ${AGENT} has a system prompt.`);
  return found;
}

/** Who makes the call just now, and lends the token for those to come. */
export function askerOf(people: People): FrontEnd {
  return people.byEmail(lender().user);
}

export async function callJustNow(asker: FrontEnd, simulated: boolean): Promise<CallJustNow> {
  const conversation: Conversation = {
    user: asker.person.email,
    sessionId: SESSION,
    agent: AGENT,
    model: "gpt-4o-mini",
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    turns: [{ ...lender().turns[0], user: QUESTION }],
  };
  // The first report starts a worker of the emulator, whose second is none of the ledger's.
  await sessionCalls(asker);
  const messages = conversation.turns.flatMap((turn) =>
    messagesOf(turn, simulated ? SIM : undefined),
  );
  await say(asker, conversation, messages);
  const aggregatedWithinMs = await untilInSession(asker);
  return { entry: await newestEntry(asker), aggregatedWithinMs };
}

async function untilInSession(asker: FrontEnd): Promise<number | null> {
  const answeredMs = performance.now();
  const passedMs = () => performance.now() - answeredMs;
  while (passedMs() < MAX_WAIT_MS) {
    if ((await sessionCalls(asker)) > 0) return passedMs();
    await delay(POLL_MS);
  }
  return null;
}

/** 0 while no call of the session is aggregated. */
async function sessionCalls(asker: FrontEnd): Promise<number> {
  try {
    const request = { sessionId: SESSION };
    return (await asker.call<GetSessionUsageResponse>("getSessionUsage", request)).totals.calls;
  } catch (error) {
    if (reasonOf(error) === "NOT_FOUND") return 0;
    throw error;
  }
}

async function newestEntry(asker: FrontEnd): Promise<EntryItem> {
  const request = { filters: { sessionId: SESSION }, limit: 1 };
  const [entry] = (await asker.call<ListEntriesResponse>("listEntries", request)).items;
  if (!entry) throw new Error("The call just now has no entry.");
  return entry;
}
