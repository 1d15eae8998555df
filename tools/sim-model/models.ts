import { invalidRequest, unknownModel } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import type { Encoding } from "./tokens.ts";

export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;
export type Effort = (typeof EFFORTS)[number];

export interface ChatModel {
  readonly kind: "chat";
  readonly name: string;
  /** The version that answers, and that stands in the answer. */
  readonly dated: string;
  readonly encoding: Encoding;
  /** How hard it thinks when not told; null for a model that does not reason. */
  readonly effort: Effort | null;
}

export interface EmbeddingModel {
  readonly kind: "embedding";
  readonly name: string;
  readonly dated: string;
  readonly encoding: Encoding;
  readonly dimensions: number;
  /** Whether callers may ask for shorter vectors. */
  readonly shortens: boolean;
}

export type Model = ChatModel | EmbeddingModel;

function chat(
  name: string,
  version: string | null,
  encoding: Encoding,
  effort: Effort | null = null,
): ChatModel {
  const dated = version === null ? name : `${name}-${version}`;
  return { kind: "chat", name, dated, encoding, effort };
}

function embedding(name: string, dimensions: number, shortens: boolean): EmbeddingModel {
  return { kind: "embedding", name, dated: name, encoding: "cl100k_base", dimensions, shortens };
}

/** OpenAI's. Aliases, and the version that each stands for: https://platform.openai.com/docs/models */
export const MODELS: readonly Model[] = [
  chat("gpt-4o", "2024-08-06", "o200k_base"),
  chat("gpt-4o-mini", "2024-07-18", "o200k_base"),
  chat("gpt-4.1", "2025-04-14", "o200k_base"),
  chat("gpt-4.1-mini", "2025-04-14", "o200k_base"),
  chat("gpt-4.1-nano", "2025-04-14", "o200k_base"),
  chat("gpt-5", "2025-08-07", "o200k_base", "medium"),
  chat("gpt-5-mini", "2025-08-07", "o200k_base", "medium"),
  chat("gpt-5-nano", "2025-08-07", "o200k_base", "medium"),
  chat("gpt-5.1", "2025-11-13", "o200k_base", "none"),
  chat("o1", "2024-12-17", "o200k_base", "medium"),
  chat("o3", "2025-04-16", "o200k_base", "medium"),
  chat("o3-mini", "2025-01-31", "o200k_base", "medium"),
  chat("o4-mini", "2025-04-16", "o200k_base", "medium"),
  chat("gpt-4-turbo", "2024-04-09", "cl100k_base"),
  chat("gpt-3.5-turbo", "0125", "cl100k_base"),
  chat("sim-free", null, "o200k_base"),
  chat("sim-unpriced", null, "o200k_base"),
  /** Not in the price book either: tests give it prices of their own. */
  chat("sim-newcomer", null, "o200k_base"),
  embedding("text-embedding-3-small", 1536, true),
  embedding("text-embedding-3-large", 3072, true),
  embedding("text-embedding-ada-002", 1536, false),
];

/** https://platform.claude.com/docs/en/about-claude/models/overview; dates are written without dashes there. */
const CLAUDE: readonly Model[] = [
  chat("claude-haiku-4-5", "20251001", "o200k_base"),
  chat("claude-sonnet-4-5", "20250929", "o200k_base"),
  chat("claude-opus-4-5", "20251101", "o200k_base"),
  chat("claude-opus-4-6", null, "o200k_base"),
];

/** https://ai.google.dev/gemini-api/docs/models */
const GEMINI: readonly Model[] = [
  chat("gemini-2.5-flash-lite", null, "o200k_base"),
  chat("gemini-2.5-flash", null, "o200k_base", "low"),
  chat("gemini-2.5-pro", null, "o200k_base", "medium"),
  chat("gemini-3-flash-preview", null, "o200k_base", "low"),
  embedding("gemini-embedding-001", 3072, true),
];

/** https://openrouter.ai/models; `sim/unlisted` stands for one that Tollgate has no price of. */
const ROUTED: readonly Model[] = [
  chat("openai/gpt-4o-mini", null, "o200k_base"),
  chat("openai/gpt-5-mini", null, "o200k_base", "medium"),
  chat("anthropic/claude-haiku-4.5", null, "o200k_base"),
  chat("deepseek/deepseek-r1:free", null, "o200k_base", "low"),
  chat("sim/unlisted", null, "o200k_base"),
  embedding("openai/text-embedding-3-small", 1536, true),
];

/** Azure's are OpenAI's models under the names of their deployments; this one is a gpt-4o-mini. */
const DEPLOYED: readonly Model[] = [
  {
    kind: "chat",
    name: "sim-deployment",
    dated: "gpt-4o-mini-2024-07-18",
    encoding: "o200k_base",
    effort: null,
  },
  ...MODELS,
];

/** Every name of a vendor's models. */
export type Catalogue = ReadonlyMap<string, Model>;

function catalogueOf(models: readonly Model[]): Catalogue {
  return new Map(models.flatMap((model) => [[model.name, model] as const, [model.dated, model]]));
}

export const CATALOGUES = {
  openai: catalogueOf(MODELS),
  anthropic: catalogueOf(CLAUDE),
  openrouter: catalogueOf(ROUTED),
  azure: catalogueOf(DEPLOYED),
  google: catalogueOf(GEMINI),
};

export function requestedModel(body: JsonObject): string {
  if (typeof body.model === "string" && body.model !== "") return body.model;
  throw invalidRequest("you must provide a model parameter");
}

export function chatModel(name: string, catalogue: Catalogue = CATALOGUES.openai): ChatModel {
  const model = catalogue.get(name);
  if (model?.kind !== "chat") throw unknownModel(name);
  return model;
}

export function embeddingModel(
  name: string,
  catalogue: Catalogue = CATALOGUES.openai,
): EmbeddingModel {
  const model = catalogue.get(name);
  if (model?.kind !== "embedding") throw unknownModel(name);
  return model;
}

/** The body of `GET /v1/models`. */
export function modelList(catalogue: Catalogue, createdSeconds: number) {
  const names = [...catalogue.keys()];
  const data = names.map((id) => ({
    id,
    object: "model",
    created: createdSeconds,
    owned_by: "simulated",
  }));
  return { object: "list", data };
}
