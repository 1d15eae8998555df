import { parseArgs } from "node:util";
import { startSimModel } from "./server.ts";

const USAGE =
  "Usage: node tools/sim-model/main.ts [--port N] [--host 127.0.0.1]   (port 0: a free one)";

const MAX_PORT = 65_535;

function readArguments(): { port: number; host: string } {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new Error(`--port is a number from 0 to ${MAX_PORT}, not '${values.port}'.`);
  }
  return { port, host: values.host };
}

async function main(): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));
  const model = await startSimModel(readArguments());
  console.log(`Simulated model: ${model.url}`);
}

main().catch((error: unknown) => {
  console.error(`Simulated model: ${error instanceof Error ? error.message : error}\n${USAGE}`);
  process.exitCode = 1;
});
