import { type Served, serve } from "./served/framework.ts";
import { createSignIn, type SignIn } from "./sign-in.ts";

/** A server under load, and who can sign in there. */
export interface Side {
  readonly name: string;
  readonly served: Served;
  readonly signIn: SignIn;
}

export interface TollgateOptions {
  readonly target: string;
  readonly signature?: "http" | "cloudevent";
  /** A database of one's own: no trigger listens to it, and it is empty. */
  readonly database: string;
  readonly counts?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const SIGN_IN = createSignIn(process.env.GCLOUD_PROJECT ?? "");

/** The auth emulator is left out (own-keys.ts says why). */
const ENV = {
  FIREBASE_AUTH_EMULATOR_HOST: undefined,
  TOLLGATE_BENCH_PUBLIC_KEY: SIGN_IN.publicKey,
};
const PRELOAD = ["own-keys.ts", "side-door.ts"];

export async function bareSide(): Promise<Side> {
  const served = await serve({ source: "bench/bare", target: "chat", env: ENV, preload: PRELOAD });
  return { name: "bare", served, signIn: SIGN_IN };
}

/** With budgets cached as in production; the stack's own functions read them at every call. */
export async function tollgateSide(options: TollgateOptions): Promise<Side> {
  const { target, signature, database, counts = false } = options;
  const env = {
    ...ENV,
    BUDGET_CACHE_SECONDS: "30",
    DATABASE_ID: database,
    ...(counts && { TOLLGATE_BENCH_COUNT: "1" }),
    ...options.env,
  };
  const served = await serve({ source: "functions", target, signature, env, preload: PRELOAD });
  return { name: "Tollgate", served, signIn: SIGN_IN };
}
