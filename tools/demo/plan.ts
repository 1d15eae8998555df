import {
  type Conversation,
  type EmbeddingJob,
  loadConversations,
  loadEmbeddingJobs,
  type Turn,
} from "./samples/samples.ts";

/** What bounds the bill when a real provider answers. */
const REAL_CONVERSATIONS = 20;
const REAL_EMBEDDING_JOBS = 4;
const REAL_MAX_OUTPUT_TOKENS = 300;

/** What is sent, and what is expected to fail. */
export interface Plan {
  readonly simulated: boolean;
  readonly showcase: Conversation;
  readonly conversations: readonly Conversation[];
  readonly embeddingJobs: readonly EmbeddingJob[];
  /** Calls, the showcase's not among them. */
  readonly calls: number;
}

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export function makePlan(
  simulated: boolean,
  samples: readonly Conversation[] = loadConversations(),
  jobs: readonly EmbeddingJob[] = loadEmbeddingJobs(),
): Plan {
  const all = simulated ? samples : samples.filter(({ simOnly }) => !simOnly).map(forProvider);
  const showcase = all.find((conversation) => conversation.showcase);
  if (!showcase) throw new TypeError("No sample conversation is the showcase.");
  const rest = all.filter((conversation) => conversation !== showcase);
  const conversations = simulated ? rest : rest.slice(0, REAL_CONVERSATIONS);
  const embeddingJobs = simulated ? jobs : jobs.slice(0, REAL_EMBEDDING_JOBS);
  const turns = conversations.reduce((sum, conversation) => sum + conversation.turns.length, 0);
  return { simulated, showcase, conversations, embeddingJobs, calls: turns + embeddingJobs.length };
}

/** What bounds the bill of a real provider, for people; nothing for the simulated model. */
export function limitLines({ simulated, conversations }: Plan): string[] {
  if (simulated) return [];
  const first = `the first ${conversations.length} conversations alone`;
  return [`A real provider answers: ${first}, ${REAL_MAX_OUTPUT_TOKENS} tokens at most.`];
}

function forProvider({ sim: _, maxOutputTokens, ...conversation }: Conversation): Conversation {
  const limit = Math.min(maxOutputTokens ?? REAL_MAX_OUTPUT_TOKENS, REAL_MAX_OUTPUT_TOKENS);
  return { ...conversation, maxOutputTokens: limit };
}

/** The messages that a turn adds to the history. */
export function messagesOf({ system, user }: Turn, sim: string | undefined): Message[] {
  const content = sim === undefined ? user : `${user} ${sim}`;
  const asked: Message = { role: "user", content };
  return system === undefined ? [asked] : [{ role: "system", content: system }, asked];
}

/** Whether the simulated model is asked to fail this conversation's calls for good: Tollgate asks again, twice. */
export function mustFail({ sim = "" }: Conversation): boolean {
  return /\bcutAfter=/.test(sim) || (/\bfault=/.test(sim) && !/\btimes=[12]\b/.test(sim));
}
