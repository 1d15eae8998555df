import type { TokenClasses } from "../core/tokens.ts";
import type { RateTable } from "../pricing/rates.ts";
import type { Attribution, ModelNames, RequestIdentity } from "./entry.ts";
import type { DocumentKey, Snapshot, Version, Write } from "./plan.ts";
import type { WindowMove } from "./window-move.ts";

/** An open request: the journal that its call began, and the upper bound of what it can cost. */
export interface Hold extends RequestIdentity, Attribution, ModelNames {
  readonly holdId: string;
  readonly entryId: string;
  readonly bound: { readonly classes: TokenClasses; readonly nanoUsd: number };
  /** Resolved when the call began; settle and care price by it. null: the model has no price. */
  readonly rates: RateTable | null;
  readonly windows: readonly WindowMove[];
  readonly startedAt: Date;
  readonly expiresAt: Date;
}

export function holdKey(holdId: string): DocumentKey {
  return { collection: "usage_holds", id: holdId };
}

export function entryKey(entryId: string): DocumentKey {
  return { collection: "usage_tracking", id: entryId };
}

/**
 * The journal write of a hold. A client-made id also requires that its entry does not exist yet, for a request
 * that has settled leaves no hold behind.
 */
export function planJournal(hold: Hold, idIsTheClients: boolean): Write[] {
  const create: Write = { kind: "create", doc: holdKey(hold.holdId), fields: { ...hold } };
  return idIsTheClients ? [create, { kind: "absent", doc: entryKey(hold.entryId) }] : [create];
}

/** A hold whose journal commit has landed. */
export interface LandedHold {
  readonly holdId: string;
  readonly version: Version;
  /** What it reserved, to be given back by the commit that deletes it. */
  readonly windows: readonly WindowMove[];
}

/** A hold as it is stored, which alone says what it reserved. */
export function landedHold(holdId: string, { fields, version }: Snapshot): LandedHold {
  return { holdId, version, windows: (fields as unknown as Hold).windows };
}
