import { join } from "node:path";

/**
 * One npm script: the script that Node 24 runs, and whether it needs the emulators.
 * @typedef {{ script: string, args?: string[], emulators: boolean }} Task
 */

const STACK = join("tools", "stack", "main.ts");
const CHECK = join("tools", "check", "main.ts");
const COMMANDS = join("functions", "src", "entrypoints", "commands");
const JEST = join("node_modules", "jest", "bin", "jest.js");

/** @type {Record<string, Task>} */
export const TASKS = {
  start: { script: join("tools", "demo", "main.ts"), emulators: true },
  stack: { script: STACK, emulators: true },
  test: { script: CHECK, args: ["--with-tests"], emulators: true },
  bench: { script: STACK, args: ["node", join("bench", "main.ts")], emulators: true },
  check: { script: CHECK, emulators: false },
  soak: {
    script: STACK,
    args: ["node", JEST, "--config", "jest.soak.config.ts", "--runInBand"],
    emulators: true,
  },
  "grant-admin": { script: join(COMMANDS, "grant-admin.ts"), emulators: false },
  rebuild: { script: join(COMMANDS, "rebuild.ts"), emulators: false },
  replay: { script: join(COMMANDS, "replay.ts"), emulators: false },
};
