import {
  defineBoolean,
  defineInt,
  defineList,
  defineSecret,
  defineString,
} from "firebase-functions/params";

/*
 * Every parameter and secret of a deployment. Values stand in functions/.env; read by entrypoints only, and only
 * inside handlers, for at load there are no secrets yet.
 */

/** Providers that are called from here, joined by commas: openai, anthropic, openrouter, azure, google. */
export const PROVIDERS = defineString("PROVIDERS", { default: "openai" });

export const OPENAI_BASE_URL = defineString("OPENAI_BASE_URL", {
  default: "https://api.openai.com/v1",
});
export const OPENAI_API_KEY = keyOf("openai", "OPENAI_API_KEY");
export const ANTHROPIC_BASE_URL = defineString("ANTHROPIC_BASE_URL", {
  default: "https://api.anthropic.com",
});
export const ANTHROPIC_API_KEY = keyOf("anthropic", "ANTHROPIC_API_KEY");
export const OPENROUTER_BASE_URL = defineString("OPENROUTER_BASE_URL", {
  default: "https://openrouter.ai/api/v1",
});
export const OPENROUTER_API_KEY = keyOf("openrouter", "OPENROUTER_API_KEY");
/** Of one's own resource. */
export const AZURE_OPENAI_BASE_URL = defineString("AZURE_OPENAI_BASE_URL", {
  default: "https://YOUR-RESOURCE.openai.azure.com/openai/v1",
});
export const AZURE_OPENAI_API_KEY = keyOf("azure", "AZURE_OPENAI_API_KEY");
/** Models of the price book by deployment, as JSON; a deployment that is not listed has its model's name. */
export const AZURE_OPENAI_DEPLOYMENTS = defineString("AZURE_OPENAI_DEPLOYMENTS", { default: "{}" });
export const GEMINI_BASE_URL = defineString("GEMINI_BASE_URL", {
  default: "https://generativelanguage.googleapis.com/v1beta/openai",
});
export const GEMINI_API_KEY = keyOf("google", "GEMINI_API_KEY");

/** A proxy through which providers are reached, by CONNECT: http:// or https://, with USER:PASSWORD@ if need be; empty: none. */
export const PROVIDER_PROXY_URL = defineString("PROVIDER_PROXY_URL", { default: "" });
/** A file of PEM certificates, from functions/ on, that providers and proxy may be signed by besides; empty: none. */
export const PROVIDER_CA_FILE = defineString("PROVIDER_CA_FILE", { default: "" });

/** Where all functions run; that of the database, or next to it. */
export const REGION = defineString("REGION", { default: "us-central1" });
/** The Firestore database. */
export const DATABASE_ID = defineString("DATABASE_ID", { default: "(default)" });
/** Origins of web apps that may call, as a JSON list; "*" lets any page call, still only with a token. */
export const CORS_ORIGINS = defineList("CORS_ORIGINS", { default: ["*"] });
/** Whether callables refuse calls without a valid App Check token. */
export const ENFORCE_APP_CHECK = defineBoolean("ENFORCE_APP_CHECK", { default: false });
/** Instances of the chat door that are kept warm; each is billed. */
export const MIN_INSTANCES = defineInt("MIN_INSTANCES", { default: 0 });

/** How long an instance goes on with the list of budgets that it read. */
export const BUDGET_CACHE_SECONDS = defineInt("BUDGET_CACHE_SECONDS", { default: 30 });
/** Output that is reckoned with when the caller sets no limit, tokens. */
export const DEFAULT_MAX_OUTPUT_TOKENS = defineInt("DEFAULT_MAX_OUTPUT_TOKENS", { default: 4_096 });
/** Least output with which a call without a limit of its own is let in under a `block` budget, tokens. */
export const MIN_OUTPUT_TOKENS = defineInt("MIN_OUTPUT_TOKENS", { default: 256 });
/** How long a call waits for others to settle when a `block` budget has no room but for what they hold, and nothing moves. */
export const ADMIT_WAIT_MS = defineInt("ADMIT_WAIT_MS", { default: 2_000 });
/** The longest such wait while others go on settling and being admitted. */
export const ADMIT_MOST_WAIT_MS = defineInt("ADMIT_MOST_WAIT_MS", { default: 30_000 });
/** A provider's whole answer may take this long; less where the door's own limit would not leave time to settle. */
export const REQUEST_TIMEOUT_SECONDS = defineInt("REQUEST_TIMEOUT_SECONDS", { default: 540 });
/** Longest silence of a provider within an answer. */
export const PROVIDER_IDLE_SECONDS = defineInt("PROVIDER_IDLE_SECONDS", { default: 60 });
/** Further attempts of a call that failed before a byte of its answer had come; 0 to 5. */
export const PROVIDER_RETRIES = defineInt("PROVIDER_RETRIES", { default: 2 });
/** How long a provider is read on after the caller has left, for the usage that it bills; 0: it is left at once. */
export const ABORT_DRAIN_MS = defineInt("ABORT_DRAIN_MS", { default: 0 });
/** A hold is taken for dead this long after its request's own time limit. */
export const HOLD_MARGIN_SECONDS = defineInt("HOLD_MARGIN_SECONDS", { default: 60 });
/** "before": every call waits until its hold is written; "beside": only those whose request id the client made. */
export const JOURNAL = defineString("JOURNAL", { default: "beside" });
/** Calls on an instance that never read the budgets while Firestore fails: "deny" or "allow". */
export const ON_STORE_ERROR = defineString("ON_STORE_ERROR", { default: "deny" });
/** Entries live until this long after the end of their month; at least 35. */
export const RETENTION_DAYS = defineInt("RETENTION_DAYS", { default: 400 });
/** Documents that share one day's and all-time sums: about 2 x calls per second. */
export const DAY_SHARDS = defineInt("DAY_SHARDS", { default: 16 });
/** Outbox documents younger than this are left to their trigger. */
export const OUTBOX_GRACE_SECONDS = defineInt("OUTBOX_GRACE_SECONDS", { default: 60 });
/** Documents that a run of care compares with the ledger; the next one goes on. */
export const COMPARE_PER_RUN = defineInt("COMPARE_PER_RUN", { default: 500 });

/** A key that is not declared has no value and is no secret of any function. */
interface NoKey {
  readonly isDeclared: false;
  readonly name: string;
  readonly options: object;
  value(): "";
}

/**
 * A provider's key, declared where PROVIDERS names it and nowhere else: a deploy asks for every secret that is declared.
 * What is declared is fixed at load, before parameters have values; firebase-tools loads the functions with the
 * lines of functions/.env in the environment, as they also are in a running function.
 */
function keyOf(provider: string, name: string): ReturnType<typeof defineSecret> | NoKey {
  const providers = process.env.PROVIDERS || "openai";
  const isCalled = providers.split(",").some((each) => each.trim() === provider);
  return isCalled ? defineSecret(name) : { isDeclared: false, name, options: {}, value: () => "" };
}
