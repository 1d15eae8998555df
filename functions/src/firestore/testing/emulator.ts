import { Firestore } from "@google-cloud/firestore";

/** A database of one's own in the emulator: a project per test file keeps them apart. */
export function emulatorDatabase(name: string): Firestore {
  return new Firestore({ projectId: emulatorProject(name) });
}

export function emulatorProject(name: string): string {
  return `demo-${name}-${process.pid}`;
}
