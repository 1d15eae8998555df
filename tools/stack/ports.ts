import { createServer, type Server } from "node:net";
import { StackError } from "./errors.ts";

export const HOST = "127.0.0.1";

/** Who listens where. Those in FIXED are shown to people; the rest serve the emulators inside. */
export interface Ports {
  functions: number;
  firestore: number;
  auth: number;
  pubsub: number;
  model: number;
  hub: number;
  logging: number;
  firestoreWebsocket: number;
  eventarc: number;
  tasks: number;
}

const NAMES = [
  "functions",
  "firestore",
  "auth",
  "pubsub",
  "model",
  "hub",
  "logging",
  "firestoreWebsocket",
  "eventarc",
  "tasks",
] as const satisfies readonly (keyof Ports)[];

/** The ports of `npm start`, each with the variable that moves it. */
const FIXED = {
  functions: { port: 5001, variable: "TOLLGATE_FUNCTIONS_PORT", who: "functions emulator" },
  firestore: { port: 8080, variable: "TOLLGATE_FIRESTORE_PORT", who: "Firestore emulator" },
  auth: { port: 9099, variable: "TOLLGATE_AUTH_PORT", who: "auth emulator" },
  pubsub: { port: 8085, variable: "TOLLGATE_PUBSUB_PORT", who: "Pub/Sub emulator" },
  model: { port: 5400, variable: "TOLLGATE_MODEL_PORT", who: "simulated model" },
  hub: { port: 4400, variable: "TOLLGATE_HUB_PORT", who: "emulator hub" },
  logging: { port: 4500, variable: "TOLLGATE_LOGGING_PORT", who: "emulator logging" },
} as const;

type FixedName = keyof typeof FIXED;

// Below the range from which systems take the ports of outgoing connections (32768 on Linux).
const LOWEST_PORT = 20_000;
const PORT_COUNT = 12_000;
const MAX_TRIES_PER_PORT = 50;

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === undefined) return false;
  await close(server);
  return true;
}

async function listenSomewhere(): Promise<Server> {
  for (let i = 0; i < MAX_TRIES_PER_PORT; i++) {
    const server = await listen(LOWEST_PORT + Math.floor(Math.random() * PORT_COUNT));
    if (server !== undefined) return server;
  }
  throw new StackError(`No free port found from ${LOWEST_PORT} on.`);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new StackError("no TCP port");
  return address.port;
}

/** A free port for every part; each is held until all are found, so that no two are the same. */
export async function freePorts(): Promise<Ports> {
  const servers: Server[] = [];
  try {
    for (const _ of NAMES) servers.push(await listenSomewhere());
    const found = servers.map(portOf);
    return Object.fromEntries(NAMES.map((name, i) => [name, found[i]])) as unknown as Ports;
  } finally {
    await Promise.all(servers.map(close));
  }
}

function chosenPort(name: FixedName, env: NodeJS.ProcessEnv): number {
  const { port, variable } = FIXED[name];
  const text = env[variable];
  if (text === undefined || text === "") return port;
  const chosen = Number(text);
  if (Number.isInteger(chosen) && chosen > 0 && chosen < 65_536) return chosen;
  throw new StackError(`${variable} is no port: ${text}`);
}

/** The well-known ports of `npm start`; a taken one is named, with the way to move it. */
export async function fixedPorts(env: NodeJS.ProcessEnv): Promise<Ports> {
  const ports = await freePorts();
  for (const name of Object.keys(FIXED) as FixedName[]) {
    const { variable, who } = FIXED[name];
    const port = chosenPort(name, env);
    if (!(await isFree(port))) {
      throw new StackError(
        `Port ${port} of the ${who} is taken. End what listens there, or choose another: ${variable}=PORT npm start`,
      );
    }
    ports[name] = port;
  }
  return ports;
}
