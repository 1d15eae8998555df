/**
 * Loaded into a served process (--import): tokens are checked as in production, signature and all, but against the
 * bench's own public key instead of the one that Google publishes. The auth emulator would not do: for it the SDK
 * checks no signature and looks the user up at every call, which holds both sides up by more than they take.
 */
import { fileURLToPath } from "node:url";
import { FUNCTIONS, fromFunctions } from "./from-functions.ts";

/** By path, since the package does not export it. */
const KEYS = "./node_modules/firebase-admin/lib/utils/jwt.js";

const { UrlKeyFetcher } = fromFunctions(fileURLToPath(new URL(KEYS, FUNCTIONS)));
if (typeof UrlKeyFetcher?.prototype.fetchPublicKeys !== "function") {
  throw new Error("firebase-admin fetches its public keys in another way than this bench knows");
}
const keys = { bench: process.env.TOLLGATE_BENCH_PUBLIC_KEY };
UrlKeyFetcher.prototype.fetchPublicKeys = () => Promise.resolve(keys);
