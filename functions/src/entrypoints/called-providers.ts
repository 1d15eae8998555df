import type { Provider } from "../calls/port.ts";
import {
  ANTHROPIC_API_KEY,
  ANTHROPIC_BASE_URL,
  AZURE_OPENAI_API_KEY,
  AZURE_OPENAI_BASE_URL,
  AZURE_OPENAI_DEPLOYMENTS,
  DEFAULT_MAX_OUTPUT_TOKENS,
  GEMINI_API_KEY,
  GEMINI_BASE_URL,
  OPENAI_API_KEY,
  OPENAI_BASE_URL,
  OPENROUTER_API_KEY,
  OPENROUTER_BASE_URL,
  PROVIDER_IDLE_SECONDS,
  PROVIDERS,
} from "../config.ts";
import { anthropicProvider } from "../providers/anthropic/anthropic-provider.ts";
import { azureProvider } from "../providers/azure/azure-provider.ts";
import { parseDeployments } from "../providers/azure/deployments.ts";
import { googleProvider } from "../providers/google/google-provider.ts";
import { openAiProvider } from "../providers/openai/openai-provider.ts";
import type { WireOptions } from "../providers/openai-wire/compatible-provider.ts";
import { openRouterProvider } from "../providers/openrouter/openrouter-provider.ts";

/** Every provider that can be called, by its name in front of a model. */
const MAKERS: ReadonlyMap<string, (calls: Calls) => Provider> = new Map([
  ["openai", (calls) => openAiProvider(wire(calls, OPENAI_BASE_URL, OPENAI_API_KEY))],
  [
    "anthropic",
    (calls) =>
      anthropicProvider({
        ...wire(calls, ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY),
        defaultMaxOutputTokens: DEFAULT_MAX_OUTPUT_TOKENS.value(),
      }),
  ],
  [
    "openrouter",
    (calls) => openRouterProvider(wire(calls, OPENROUTER_BASE_URL, OPENROUTER_API_KEY)),
  ],
  [
    "azure",
    (calls) =>
      azureProvider({
        ...wire(calls, AZURE_OPENAI_BASE_URL, AZURE_OPENAI_API_KEY),
        deployments: parseDeployments(AZURE_OPENAI_DEPLOYMENTS.value()),
      }),
  ],
  ["google", (calls) => googleProvider(wire(calls, GEMINI_BASE_URL, GEMINI_API_KEY))],
]);

/** Names of PROVIDERS. @throws Error for one that cannot be called */
export function providerNames(): string[] {
  const names = PROVIDERS.value()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = names.find((name) => !MAKERS.has(name));
  if (unknown === undefined) return names;
  throw new Error(`PROVIDERS names "${unknown}"; known are ${[...MAKERS.keys()].join(", ")}`);
}

/** @throws Error for a provider that PROVIDERS names wrongly or whose address is none */
export function calledProviders(calls: Calls): ReadonlyMap<string, Provider> {
  const made = [...MAKERS].filter(([name]) => providerNames().includes(name));
  return new Map(made.map(([name, make]) => [name, make(calls)]));
}

/** What all providers of a door share. */
export type Calls = Pick<WireOptions, "totalTimeoutMs" | "agent">;

interface Text {
  value(): string;
}

function wire(calls: Calls, baseUrl: Text, key: Text): WireOptions {
  return {
    ...calls,
    baseUrl: baseUrl.value(),
    apiKey: () => key.value(),
    idleTimeoutMs: PROVIDER_IDLE_SECONDS.value() * 1_000,
  };
}
