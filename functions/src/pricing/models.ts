/** What the price book knows about a model besides its prices. */
export interface ModelInfo {
  /** "openai/gpt-4o", the name under which everything is counted. */
  readonly model: string;
  readonly provider: string;
  /** The provider's own name, "gpt-4o"; what is sent is the name that was asked for. */
  readonly name: string;
  /** The model that this one is a version of, "openai/gpt-4o"; itself when it is none. */
  readonly family: string;
  readonly kind: "chat" | "embedding";
  /** Input and output together; 128 000 where the book does not say. */
  readonly contextTokens: number;
  /** 0 for embeddings; all of the context where the book does not say. */
  readonly maxOutputTokens: number;
  /** undefined for a tokenizer that is not known here. */
  readonly encoding: "o200k_base" | "cl100k_base" | undefined;
  readonly reasoning: boolean;
}

/** Every known name, by provider: a model's own name and its aliases. */
export interface Catalogue {
  readonly modelsByName: Pick<ReadonlyMap<string, ReadonlyMap<string, ModelInfo>>, "get">;
}

/**
 * The model that a provider means by a name. Names match whole and exactly, as own names or as listed aliases:
 * "gpt-4o-mini-2024-07-18" is gpt-4o-mini, while "gpt-4o-mini-2031-01-01", "GPT-4o" and "gpt-4o " are unknown.
 * What a provider's API puts around its names is taken off first, see `listedName`.
 * @returns undefined for an unknown model, which has no price; that is not the same as a price of 0
 */
export function findModel(
  book: Catalogue,
  provider: string,
  requestedName: string,
): ModelInfo | undefined {
  const names = book.modelsByName.get(provider);
  return names?.get(requestedName) ?? names?.get(listedName(provider, requestedName));
}

const GOOGLE_RESOURCE =
  /^(?:projects\/[^/]+\/locations\/[^/]+\/)?(?:publishers\/[a-z0-9-]+\/)?models\/(?<id>[^/]+)$/;
const BEDROCK_ARN =
  /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:(?:inference-profile|foundation-model)\/(?<id>[^/]+)$/;
const FINE_TUNED = /^(?<id>ft:[^:]+):[^:]*:[^:]*:[^:]+$/;

/**
 * A model's name without what belongs to the resource or to its owner:
 * - google: "models/gemini-2.5-pro", "publishers/google/models/gemini-2.5-pro" and the same below a project and a
 *   location, and "google/gemini-2.5-pro", as Vertex calls it on its OpenAI-compatible endpoint;
 * - aws: the ARN of a foundation model or of Amazon's own inference profiles, which ends in its id;
 * - openai: "ft:gpt-4o-mini-2024-07-18:acme::abc" is one of the models "ft:gpt-4o-mini-2024-07-18", at one price.
 */
function listedName(provider: string, name: string): string {
  if (provider === "google") return GOOGLE_RESOURCE.exec(name)?.groups?.id ?? afterGoogle(name);
  if (provider === "aws") return BEDROCK_ARN.exec(name)?.groups?.id ?? name;
  return (provider === "openai" && FINE_TUNED.exec(name)?.groups?.id) || name;
}

function afterGoogle(name: string): string {
  return name.startsWith("google/") ? name.slice("google/".length) : name;
}
