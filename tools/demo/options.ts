import { parseArgs } from "node:util";
import { StackError } from "../stack/errors.ts";

export const USAGE = `npm start [-- OPTIONS]
  --once   end after the tables; the exit code says whether the sums agree
  --json   one JSON document of the results on standard output, the rest on standard error`;

export interface Options {
  readonly once: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws StackError with the usage for what is none of the options */
export function parseOptions(args: readonly string[]): Options {
  const options = {
    once: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw new StackError(
      `${(cause as Error).message}
${USAGE}`,
      { cause },
    );
  }
}
