import {
  anyObject,
  type Check,
  count,
  flag,
  list,
  literal,
  object,
  recordOf,
  text,
} from "./checks.ts";
import conversationsJson from "./conversations.json" with { type: "json" };
import embeddingsJson from "./embeddings.json" with { type: "json" };
import peopleJson from "./people.json" with { type: "json" };
import promptsJson from "./prompts.json" with { type: "json" };
import toolsJson from "./tools.json" with { type: "json" };

export interface Person {
  readonly displayName: string;
  readonly email: string;
  readonly password: string;
  readonly department: string;
  readonly orgId: string;
  readonly admin?: boolean;
}

/** A function that a model may call, as the chat callable and OpenAI write it. */
export interface ToolDefinition {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  };
}

export interface Turn {
  /** In the files the name of a prompt in prompts.json, once loaded its text. */
  readonly system?: string;
  readonly user: string;
}

interface ConversationFields {
  /** E-mail address of one of the people. */
  readonly user: string;
  /** No user has two conversations of one session. */
  readonly sessionId: string;
  readonly agent: string;
  readonly phase?: string;
  readonly model: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Each turn is one call, sent after the answer to the one before. */
  readonly turns: readonly Turn[];
  readonly maxOutputTokens?: number;
  readonly stream?: boolean;
  /** Belongs at the end of each user message, but only when the simulated model answers. */
  readonly sim?: string;
  /** Its model exists at the simulated model only. */
  readonly simOnly?: boolean;
  /** The one that is shown while it streams. */
  readonly showcase?: boolean;
}

export interface Conversation extends ConversationFields {
  readonly tools?: readonly ToolDefinition[];
}

interface WrittenConversation extends ConversationFields {
  /** Names of functions in tools.json. */
  readonly tools?: readonly string[];
}

export interface EmbeddingJob {
  readonly user: string;
  readonly sessionId: string;
  readonly agent: string;
  readonly model: string;
  readonly input: readonly string[];
}

const person: Check<Person> = object(
  { displayName: text, email: text, password: text, department: text, orgId: text },
  { admin: flag },
);

const tool: Check<ToolDefinition> = object({
  type: literal("function"),
  function: object({ name: text, description: text, parameters: anyObject }),
});

const conversation: Check<WrittenConversation> = object(
  {
    user: text,
    sessionId: text,
    agent: text,
    model: text,
    turns: list(object({ user: text }, { system: text })),
  },
  {
    phase: text,
    tags: recordOf(text),
    tools: list(text),
    maxOutputTokens: count,
    stream: flag,
    sim: text,
    simOnly: flag,
    showcase: flag,
  },
);

const embeddingJob: Check<EmbeddingJob> = object({
  user: text,
  sessionId: text,
  agent: text,
  model: text,
  input: list(text),
});

export function loadPeople(): readonly Person[] {
  return list(person)(peopleJson, "people.json");
}

/** The conversations in the order in which they are sent, with their prompts and tools in full. */
export function loadConversations(): readonly Conversation[] {
  const prompts = new Map(Object.entries(recordOf(text)(promptsJson, "prompts.json")));
  const tools = new Map(
    list(tool)(toolsJson, "tools.json").map((each) => [each.function.name, each]),
  );
  return list(conversation)(conversationsJson, "conversations.json").map(
    ({ turns, tools: names, ...rest }) => ({
      ...rest,
      turns: turns.map((turn) => withPrompt(turn, prompts)),
      ...(names && { tools: names.map((name) => named(tools, name, "tools.json")) }),
    }),
  );
}

export function loadEmbeddingJobs(): readonly EmbeddingJob[] {
  return list(embeddingJob)(embeddingsJson, "embeddings.json");
}

function withPrompt({ system, user }: Turn, prompts: ReadonlyMap<string, string>): Turn {
  return system === undefined ? { user } : { system: named(prompts, system, "prompts.json"), user };
}

function named<T>(known: ReadonlyMap<string, T>, name: string, file: string): T {
  const found = known.get(name);
  if (found === undefined) throw new TypeError(`${file} has no '${name}'.`);
  return found;
}
