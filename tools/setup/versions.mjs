/** What set-up brings, by version: a new version lands in a new folder of the cache. */
export const NODE_VERSION = "24.21.0";
export const FIREBASE_TOOLS_VERSION = "15.34.2";
export const HIDANE_VERSION = "0.6.0";
/** The oldest Java that firebase-tools starts the official emulators with. */
export const JAVA_MAJOR = 21;
