import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A machine on which there is nothing but what a test puts on its PATH. */
export interface MadeUpMachine {
  env: { PATH: string; HOME: string; XDG_CACHE_HOME: string };
  home: string;
  cache: string;
  /** What was written for the person at the terminal. */
  out: { write(text: string): void; text: string };
  /** Puts an executable on the PATH; the body is a shell script. */
  install(name: string, body: string): string;
  /** Writes a file below the cache folder of Tollgate. */
  cached(path: string, content?: string): string;
  remove(): void;
}

export function madeUpMachine(): MadeUpMachine {
  const root = mkdtempSync(join(tmpdir(), "made-up-machine-"));
  const bin = join(root, "bin");
  const home = join(root, "home");
  const cache = join(root, "cache", "tollgate");
  for (const folder of [bin, home, cache]) mkdirSync(folder, { recursive: true });
  const out = {
    text: "",
    write(text: string) {
      out.text += text;
    },
  };
  const place = (path: string, content: string) => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, 0o755);
    return path;
  };
  return {
    env: { PATH: bin, HOME: home, XDG_CACHE_HOME: join(root, "cache") },
    home,
    cache,
    out,
    install: (name, body) => place(join(bin, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${body}\n`),
    cached: (path, content = "") => place(join(cache, path), content),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** An npm whose registry lacks everything. */
export const NPM_WITHOUT_PACKAGE = 'echo "npm error code E404"; exit 1';

/** Prints what `java -version` prints, where it prints it. */
export function java(version: string): string {
  return `echo 'openjdk version "${version}"' >&2`;
}

export function exists(machine: MadeUpMachine, path: string): boolean {
  return existsSync(join(machine.cache, path));
}
