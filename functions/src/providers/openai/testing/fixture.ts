import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A fixture's text, byte for byte as a provider sends it. */
export function fixture(name: string, provider = "openai"): string {
  return readFileSync(join(__dirname, "..", "..", provider, "__fixtures__", name), "utf8");
}
