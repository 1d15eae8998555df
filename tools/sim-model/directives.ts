import { invalidRequest } from "./errors.ts";

export const FAULTS = ["429", "500", "503", "timeout", "reset", "badjson"] as const;
export type Fault = (typeof FAULTS)[number];

export const USAGE_FAULTS = [
  "none",
  "negative",
  "mismatch",
  "overcached",
  "missingDetails",
] as const;
export type UsageFault = (typeof USAGE_FAULTS)[number];

const MAX_DELAY_MS = 600_000;
const MAX_TOKENS = 200_000;

const delay = wholeNumber(0, MAX_DELAY_MS);
const tokens = wholeNumber(0, MAX_TOKENS);

/** What may stand in `[sim key=value …]`. The README says what each does. */
const READERS = {
  latency: delay,
  firstChunk: delay,
  chunkDelay: delay,
  chunks: wholeNumber(1, MAX_TOKENS),
  tokens,
  cached: tokens,
  reasoning: tokens,
  audioIn: tokens,
  audioOut: tokens,
  billExtra: tokens,
  overcharge: tokens,
  fault: oneOf(FAULTS),
  times: wholeNumber(1, 1_000_000),
  retryAfter: wholeNumber(0, 86_400),
  cutAfter: wholeNumber(0, MAX_TOKENS),
  usage: oneOf(USAGE_FAULTS),
  model: name,
  tool: name,
};

export type DirectiveKey = keyof typeof READERS;

export type Directives = { readonly [K in DirectiveKey]?: ReturnType<(typeof READERS)[K]> };

export const CHAT_KEYS = Object.keys(READERS) as readonly DirectiveKey[];

/** Embeddings have one answer and no output, so most directives say nothing about them. */
export const EMBEDDING_KEYS: readonly DirectiveKey[] = [
  "latency",
  "billExtra",
  "fault",
  "times",
  "retryAfter",
  "usage",
  "model",
];

const BLOCK = /\[sim(?=[\s\]])([^[\]]*)\]/g;

/** Reads the directives in a message. A slip in one is refused, for else the test that has it would pass untested. */
export function parseDirectives(
  text: string,
  allowed: readonly DirectiveKey[] = CHAT_KEYS,
): Directives {
  if (!text.includes("[sim")) return {};
  const found: Record<string, unknown> = {};
  for (const [, inside = ""] of text.matchAll(BLOCK)) {
    for (const pair of inside.split(/\s+/).filter(Boolean)) readPair(pair, allowed, found);
  }
  return found as Directives;
}

/** The message without its directives: what the answer is about. */
export function withoutDirectives(text: string): string {
  return text.replace(BLOCK, "");
}

function readPair(
  pair: string,
  allowed: readonly DirectiveKey[],
  found: Record<string, unknown>,
): void {
  const [written = "", ...rest] = pair.split("=");
  const key = allowed.find((candidate) => candidate === written);
  if (key === undefined) {
    throw refusal(`Unknown directive '${written}' in [sim …]. Known here: ${allowed.join(", ")}.`);
  }
  if (key in found) throw refusal(`Directive '${key}' is given twice.`);
  found[key] = READERS[key](rest.join("="), key);
}

function wholeNumber(min: number, max: number) {
  return (value: string, key: string): number => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw refusal(`Directive '${key}' takes a whole number from ${min} to ${max}, not '${value}'.`);
  };
}

function oneOf<const T extends string>(choices: readonly T[]) {
  return (value: string, key: string): T => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    throw refusal(`Directive '${key}' is one of ${choices.join(", ")}, not '${value}'.`);
  };
}

function name(value: string, key: string): string {
  if (value !== "") return value;
  throw refusal(`Directive '${key}' takes a name.`);
}

function refusal(message: string) {
  return invalidRequest(message, "messages", "invalid_directive");
}
