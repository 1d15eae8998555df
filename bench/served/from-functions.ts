import { createRequire } from "node:module";

export const FUNCTIONS = new URL("../../functions/package.json", import.meta.url);

/** Loads a package of functions/, for what is measured is theirs, not those of the tools. */
export const fromFunctions = createRequire(FUNCTIONS);
