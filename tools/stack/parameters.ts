import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** Secrets, and what stands for each while the simulated model answers. */
const SIMULATED_SECRETS: Record<string, string> = { OPENAI_API_KEY: "sk-simulated" };

/** Where OpenAI is when a key is given and no address. */
const OPENAI_URL = "https://api.openai.com/v1";

export interface Parameters {
  /** Values of everything that functions/.env lists. */
  plain: Record<string, string>;
  secret: Record<string, string>;
}

/**
 * What the functions are run with. A value from the environment wins; what nobody set comes from
 * functions/.env, but for two that make sense only here: the model is the simulated one, and a
 * budget acts at once.
 */
export function resolveParameters(
  file: Record<string, string>,
  env: NodeJS.ProcessEnv,
  modelUrl: string,
): Parameters {
  const stack = {
    BUDGET_CACHE_SECONDS: "0",
    OPENAI_BASE_URL: env.OPENAI_API_KEY ? (file.OPENAI_BASE_URL ?? OPENAI_URL) : `${modelUrl}/v1`,
  };
  const defaults = { ...file, ...stack };
  return { plain: overridden(defaults, env), secret: overridden(SIMULATED_SECRETS, env) };
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
