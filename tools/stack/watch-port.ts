import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { HOST } from "./ports.ts";

/** A server may be restarted on its port by a test; gone for longer, it has crashed. */
const GONE_MS = 5_000;
const RETRY_MS = 250;

/**
 * Resolves once nobody has listened on a port for a while, or when it is told to stop. An open
 * connection ends with its server, which needs no asking again and again; a server that closes idle
 * connections is asked anew.
 */
export async function untilGone(port: number, stop: AbortSignal, goneMs = GONE_MS): Promise<void> {
  let lastSeenMs = Date.now();
  while (!stop.aborted && Date.now() - lastSeenMs < goneMs) {
    if (await heldConnection(port, stop)) lastSeenMs = Date.now();
    await delay(RETRY_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

/** Connects and stays until the connection ends; tells whether there was one. */
function heldConnection(port: number, stop: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: HOST });
    let connected = false;
    const leave = () => socket.destroy();
    stop.addEventListener("abort", leave, { once: true });
    socket.on("connect", () => {
      connected = true;
    });
    socket.on("error", leave);
    socket.on("close", () => {
      stop.removeEventListener("abort", leave);
      resolve(connected);
    });
    socket.resume();
  });
}
