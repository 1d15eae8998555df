import { join } from "node:path";
import { exitCodeOf, onStopSignal, type StopSignal } from "../setup/commands.mjs";
import { ROOT } from "../setup/paths.mjs";
import { ensureEmulators } from "../setup/toolchain.mjs";
import { buildFunctions, publishBuild } from "./build.ts";
import { type Child, lastLines, signalGroup } from "./child.ts";
import { emulatorsReady, PROJECT, startEmulators } from "./emulators.ts";
import { commandEnvironment, originOf } from "./environment.ts";
import { StackError } from "./errors.ts";
import { modelReady, startModel } from "./model.ts";
import { readEnvFile, resolveParameters } from "./parameters.ts";
import { freePorts, type Ports } from "./ports.ts";
import { endAbandonedProcesses, endMarkedProcesses, MARK, newMark } from "./processes.ts";
import { proveRulesAreInForce } from "./rules-probe.ts";
import { createRunFolder, emptyRunFolder, fillProject, type RunFolder } from "./run-folder.ts";
import { untilGone } from "./watch-port.ts";

/** How long the emulators may take to end by themselves; they would wait for work that is of no use any more. */
const STOP_GRACE_MS = 2_000;

export interface StackOptions {
  /** Free ones when left out; `fixedPorts(process.env)` for those of `npm start`. */
  ports?: Ports;
  /** Gets a line when a part is up. */
  log?: (line: string) => void;
  /** Without functions a start takes half the time, for work on rules and stores. */
  withFunctions?: boolean;
  /**
   * On Ctrl-C, SIGTERM, SIGHUP once the stack is up; may come more than once, since npm passes on
   * what the terminal has delivered already. Left out, and always during the start, the stack is
   * stopped and this process ends.
   */
  onSignal?: (signal: StopSignal) => void;
}

export interface Stack {
  /** For a command in the stack, beside its own environment. */
  env: Record<string, string>;
  ports: Ports;
  /** The folder of the logs. */
  logs: string;
  /** Resolves with the message when a part dies by itself, else never. */
  crashed: Promise<string>;
  /** Ends every process of the stack, those that a command left behind included. */
  stop(): Promise<void>;
}

/** What there is to take down, at whatever point of the start. */
interface Parts {
  mark: string;
  folder: RunFolder;
  children: Child[];
  stopping: AbortController;
}

interface Servers {
  model: Child;
  emulators: Child;
}

/** Brings up emulators, functions and the simulated model; fails whole, leaving nothing behind. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  endAbandonedProcesses();
  const mark = newMark();
  const folder = createRunFolder(mark);
  const parts: Parts = { mark, folder, children: [], stopping: new AbortController() };
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= takeDown(parts);
    return stopped;
  };
  let onSignal: (signal: StopSignal) => void = (signal) => void stopAndExit(stop, signal);
  onStopSignal((signal) => onSignal(signal));
  try {
    const up = await bringUp(parts, options);
    onSignal = options.onSignal ?? onSignal;
    return { ...up, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stopAndExit(stop: () => Promise<void>, signal: StopSignal): Promise<void> {
  await stop();
  process.exit(exitCodeOf(signal));
}

async function bringUp(parts: Parts, options: StackOptions): Promise<Omit<Stack, "stop">> {
  const { folder, mark, children, stopping } = parts;
  const { log = () => undefined, withFunctions = true } = options;
  const ports = options.ports ?? (await freePorts());
  const tools = await ensureEmulators(process.env);
  const modelUrl = originOf(ports.model);
  const file = readEnvFile(join(ROOT, "functions", ".env"));
  const parameters = resolveParameters(file, process.env, modelUrl);
  fillProject(folder, ports, parameters, withFunctions);
  const childEnv = { ...process.env, [MARK]: mark };
  const model = startModel(ports.model, folder, childEnv);
  children.push(model);
  if (withFunctions) await build(folder, log);
  const emulators = startEmulators(tools, folder, childEnv, withFunctions);
  children.push(emulators);
  await Promise.all([modelReady(model, modelUrl), emulatorsReady(emulators)]);
  await proveRulesAreInForce(originOf(ports.firestore), PROJECT);
  stopping.signal.throwIfAborted();
  const path = process.env.PATH ?? "";
  return {
    env: { ...commandEnvironment(ports, parameters, path), [MARK]: mark },
    ports,
    logs: folder.logs,
    crashed: firstCrash(parts, { model, emulators }, ports),
  };
}

async function build(folder: RunFolder, log: (line: string) => void): Promise<void> {
  const out = join(folder.project, "functions", "lib");
  await buildFunctions(out);
  publishBuild(out);
  log("Functions are built");
}

/** firebase-tools does not notice every death among its emulators, so their ports are watched. */
async function firstCrash(
  { stopping }: Parts,
  { model, emulators }: Servers,
  ports: Ports,
): Promise<string> {
  const gone = async (name: string, port: number) => {
    await untilGone(port, stopping.signal);
    return `${name} has ended.${lastLines(emulators)}`;
  };
  const ended = async (child: Child) => `${await child.ended}.${lastLines(child)}`;
  const message = await Promise.race([
    ended(model),
    ended(emulators),
    gone("The Firestore emulator", ports.firestore),
    gone("The Pub/Sub emulator", ports.pubsub),
  ]);
  return stopping.signal.aborted ? new Promise(() => undefined) : message;
}

async function takeDown({ mark, folder, children, stopping }: Parts): Promise<void> {
  stopping.abort(new StackError("The start was broken off."));
  for (const child of children) signalGroup(child, "SIGINT");
  const grace = new Promise((resolve) => setTimeout(resolve, STOP_GRACE_MS).unref());
  await Promise.race([Promise.all(children.map((child) => child.ended)), grace]);
  await endMarkedProcesses(mark);
  emptyRunFolder(folder);
}
