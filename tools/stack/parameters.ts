import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** What stands for every secret while the simulated model answers. */
const SIMULATED_KEY = "sk-simulated";

/** Address and key of each provider, and where it is at the simulated model. */
const PROVIDERS = [
  { name: "openai", url: "OPENAI_BASE_URL", key: "OPENAI_API_KEY", path: "/v1" },
  { name: "anthropic", url: "ANTHROPIC_BASE_URL", key: "ANTHROPIC_API_KEY", path: "/anthropic" },
  {
    name: "openrouter",
    url: "OPENROUTER_BASE_URL",
    key: "OPENROUTER_API_KEY",
    path: "/openrouter/api/v1",
  },
  {
    name: "azure",
    url: "AZURE_OPENAI_BASE_URL",
    key: "AZURE_OPENAI_API_KEY",
    path: "/azure/openai/v1",
  },
  {
    name: "google",
    url: "GEMINI_BASE_URL",
    key: "GEMINI_API_KEY",
    path: "/google/v1beta/openai",
  },
] as const;

/** The one deployment of the simulated Azure whose name is not its model's. */
const SIMULATED_DEPLOYMENTS = '{"sim-deployment":"gpt-4o-mini"}';

export interface Parameters {
  /** Values of everything that functions/.env lists. */
  plain: Record<string, string>;
  secret: Record<string, string>;
}

/**
 * What the functions are run with. A value from the environment wins; what nobody set comes from
 * functions/.env, but for what makes sense only here: every provider is called, the simulated model
 * stands for each that no key is given of, and a budget acts at once.
 */
export function resolveParameters(
  file: Record<string, string>,
  env: NodeJS.ProcessEnv,
  modelUrl: string,
): Parameters {
  const simulated = PROVIDERS.filter(({ key }) => !env[key]);
  const stack = {
    BUDGET_CACHE_SECONDS: "0",
    PROVIDERS: PROVIDERS.map(({ name }) => name).join(","),
    AZURE_OPENAI_DEPLOYMENTS: SIMULATED_DEPLOYMENTS,
    ...Object.fromEntries(simulated.map(({ url, path }) => [url, modelUrl + path])),
  };
  const secrets = Object.fromEntries(PROVIDERS.map(({ key }) => [key, SIMULATED_KEY]));
  return { plain: overridden({ ...file, ...stack }, env), secret: overridden(secrets, env) };
}

function overridden(
  defaults: Record<string, string>,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, env[name] || value]),
  );
}

export function readEnvFile(path: string): Record<string, string> {
  return parseEnv(readFileSync(path, "utf8")) as Record<string, string>;
}

const ESCAPES: Record<string, string> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r" };

/** The dotenv text that firebase-tools reads back as exactly these values. */
export function formatEnvFile(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n\r]/g, (c) => ESCAPES[c] ?? c)}"\n`)
    .join("");
}
