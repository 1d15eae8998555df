/**
 * In production nothing may point at an emulator: with FIREBASE_AUTH_EMULATOR_HOST set, the SDK takes forged tokens.
 * The functions emulator sets K_SERVICE and K_REVISION as Cloud Run does, but not K_CONFIGURATION.
 * @throws Error at load, so that such a revision never becomes healthy
 */
export function assertNoEmulatorInProduction(
  env: Readonly<Record<string, string | undefined>>,
): void {
  const isEmulated = env.FUNCTIONS_EMULATOR === "true" && !env.K_CONFIGURATION;
  if (isEmulated || !(env.K_SERVICE || env.K_REVISION)) return;
  const forbidden = Object.keys(env).find((name) => env[name] && isForEmulators(name));
  if (forbidden) throw new Error(`${forbidden} must not be set in production`);
}

/** Debug features let the SDK skip the verification of tokens. */
function isForEmulators(name: string): boolean {
  return (
    name.endsWith("_EMULATOR_HOST") ||
    name === "FIREBASE_DEBUG_MODE" ||
    name === "FUNCTIONS_EMULATOR"
  );
}

assertNoEmulatorInProduction(process.env);
