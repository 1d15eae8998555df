import type { SecretParam } from "firebase-functions/params";
import {
  ANTHROPIC_API_KEY,
  AZURE_OPENAI_API_KEY,
  GEMINI_API_KEY,
  OPENAI_API_KEY,
  OPENROUTER_API_KEY,
} from "../config.ts";

const KEYS = [
  OPENAI_API_KEY,
  ANTHROPIC_API_KEY,
  OPENROUTER_API_KEY,
  AZURE_OPENAI_API_KEY,
  GEMINI_API_KEY,
];

/** The keys of the providers that are called from here: what the doors to models may read, and no other door. */
export const PROVIDER_KEYS: SecretParam[] = KEYS.filter((key) => !("isDeclared" in key));
