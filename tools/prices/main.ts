import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { PRICE_BOOK } from "../../functions/src/pricing/book.ts";
import { type Difference, differences } from "./diff.ts";
import { genaiPrices } from "./genai-prices.ts";
import { litellmPrices } from "./litellm.ts";

const USAGE = "node tools/prices/main.ts [--litellm FILE] [--genai FILE] [--on YYYY-MM-DD] [--all]";

const { values } = parseArgs({
  options: {
    litellm: { type: "string" },
    genai: { type: "string" },
    on: { type: "string", default: new Date().toISOString().slice(0, 10) },
    /** Also models that the book does not have. */
    all: { type: "boolean", default: false },
  },
});

if (values.litellm === undefined && values.genai === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
}
const atMs = Date.parse(`${values.on}T12:00:00Z`);
if (values.litellm !== undefined)
  show("LiteLLM", differences(PRICE_BOOK, litellmPrices(await json(values.litellm)), atMs));
if (values.genai !== undefined)
  show(
    "genai-prices",
    differences(PRICE_BOOK, genaiPrices(await json(values.genai), values.on), atMs),
  );

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

function show(dataSet: string, found: readonly Difference[]): void {
  const shown = found.filter(({ kind }) => values.all || kind !== "unknown");
  for (const { model, kind, details } of shown)
    console.log(`${dataSet}  ${model}  ${details.length === 0 ? kind : details.join("; ")}`);
  console.log(
    `${dataSet}: ${shown.length} of the models in it are priced otherwise on ${values.on}`,
  );
}
