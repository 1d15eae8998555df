import { execFileSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";

/** Memory that a process occupies, in MiB. */
export function memoryMiB(pid: number): number {
  const kilobytes = execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
  return Math.round(Number(kilobytes) / 1_024);
}

/** Sockets that a process has open; null where there is no /proc. */
export function openSockets(pid: number): number | null {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).filter((fd) => isSocket(`${folder}/${fd}`)).length;
  } catch {
    return null;
  }
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith("socket:");
  } catch {
    return false; // Closed since.
  }
}
