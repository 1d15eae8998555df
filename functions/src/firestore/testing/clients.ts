import type { Firestore } from "@google-cloud/firestore";
import type { LedgerStore } from "../../ledger/port.ts";
import { applyPlan } from "../commit.ts";
import { wireClient } from "../wire/wire-commit.ts";

export type ApplyPlan = LedgerStore["commit"];

/** Both ways in which plans are applied: the SDK's, which is the oracle, and our own over gRPC. */
export function bothClients(
  db: Firestore,
  projectId: string,
  emulatorHost = process.env.FIRESTORE_EMULATOR_HOST,
): { readonly sdk: ApplyPlan; readonly wire: ApplyPlan; close(): Promise<void> } {
  const wire = wireClient({ projectId, databaseId: "(default)", emulatorHost });
  return {
    sdk: (writes, deadlineMs) => applyPlan(db, writes, deadlineMs),
    wire: wire.commit,
    close: wire.close,
  };
}
