import { dirname } from "node:path";

/** The folder of firebase-tools, from its script lib/bin/firebase.js. */
export function packageOf(script: string): string {
  return dirname(dirname(dirname(script)));
}
