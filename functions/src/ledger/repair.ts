import type { Comparison } from "./compare.ts";
import type { Differences } from "./differences.ts";
import { MAX_INCREMENTS_PER_TARGET } from "./outbox.ts";
import { addCounters, type Counters, type DocumentKey, type Fields, type Write } from "./plan.ts";
import { treeOf } from "./shape.ts";

/** Of what stood in a field that was no number, characters that are noted. */
const MAX_NOTED_CHARS = 500;

/** What is noted of a repair, as stored in `usage_repairs`. */
export interface Repair {
  /** "usage_monthly/alice_2026-11" */
  readonly aggregate: string;
  readonly seq: number;
  /** Random; says "this one is mine". */
  readonly nonce: string;
  readonly by: RepairedBy;
  readonly at: Date;
  readonly why: "differs_from_entries";
  readonly leaves: readonly NotedLeaf[];
}

export type RepairedBy = "care" | "command";

/** One number that was not what the ledger says. */
export interface NotedLeaf {
  /** "byModel > openai/gpt-4.1 > calls" */
  readonly leaf: string;
  /** null: nothing was stored; a text: what was there instead of a number, and the map that was put there. */
  readonly was: number | string | null;
  readonly is: number | string | null;
  readonly difference: number | null;
}

export interface RepairContext {
  readonly nonce: string;
  readonly by: RepairedBy;
  readonly now: Date;
}

export function repairKey(aggregate: string, seq: number): DocumentKey {
  return { collection: "usage_repairs", id: `${aggregate.replace("/", ":")}_${seq}` };
}

/** One commit of a repair: what it notes, and the write beside the note. */
export interface RepairStep {
  readonly leaves: readonly NotedLeaf[];
  readonly write: Write;
}

/**
 * The commits that make a document right: first what only holds as of the version that was read, then what can be
 * added at any time, at most 400 increments in one commit.
 */
export function planRepair({ doc, stored, differences, set }: RepairOf, now: Date): RepairStep[] {
  const fields = stored?.fields ?? {};
  const { add, min, max, put } = differences;
  const touched = { updatedAt: now };
  const steps: RepairStep[] = partsOf(leavesOf(add)).map((part) => ({
    leaves: part.map((leaf) => notedGap(fields, leaf)),
    write: { kind: "add", doc, set: { ...set, ...touched }, add: treeOfLeaves(part) },
  }));
  if (Object.keys({ ...min, ...max }).length > 0) {
    steps.unshift({
      leaves: notedFields(fields, { ...min, ...max }),
      write: { kind: "add", doc, set: { ...set, ...touched }, add: {}, min, max },
    });
  }
  if (stored && Object.keys(put).length > 0) {
    steps.unshift({
      leaves: notedFields(fields, put),
      write: { kind: "update", doc, fields: { ...put, ...touched }, version: stored.version },
    });
  }
  return steps;
}

/**
 * Creating the note guards the commit: whoever compared at the same instant counts from the same last repair, so of
 * two at once one is refused.
 */
export function planStep(
  aggregate: string,
  seq: number,
  { leaves, write }: RepairStep,
  { nonce, by, now }: RepairContext,
): Write[] {
  const why = "differs_from_entries" as const;
  const repair: Repair = { aggregate, seq, nonce, by, at: now, why, leaves };
  return [{ kind: "create", doc: repairKey(aggregate, seq), fields: { ...repair } }, write];
}

export type RepairOf = Pick<Comparison, "doc" | "stored" | "set"> & {
  readonly differences: Differences;
};

/** A number somewhere in a document, and what is added to it. */
interface Leaf {
  readonly path: readonly string[];
  readonly amount: number;
}

function leavesOf(tree: Counters, path: readonly string[] = []): Leaf[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "number"
      ? [{ path: [...path, key], amount: value }]
      : leavesOf(value, [...path, key]),
  );
}

function partsOf(leaves: readonly Leaf[]): Leaf[][] {
  const parts: Leaf[][] = [];
  for (let at = 0; at < leaves.length; at += MAX_INCREMENTS_PER_TARGET) {
    parts.push(leaves.slice(at, at + MAX_INCREMENTS_PER_TARGET));
  }
  return parts;
}

function treeOfLeaves(leaves: readonly Leaf[]): Counters {
  return leaves.reduce<Counters>((tree, { path, amount }) => {
    const branch = path.reduceRight<number | Counters>((inner, key) => ({ [key]: inner }), amount);
    return addCounters(tree, branch as Counters);
  }, {});
}

function notedGap(fields: Fields, { path, amount }: Leaf): NotedLeaf {
  const was = path.reduce<unknown>((inner, key) => treeOf(inner)?.[key], fields);
  const stored = typeof was === "number" ? was : null;
  return {
    leaf: path.join(" > "),
    was: stored,
    is: (stored ?? 0) + amount,
    difference: amount,
  };
}

/** Fields that are set as a whole. */
function notedFields(fields: Fields, set: Fields): NotedLeaf[] {
  return Object.entries(set).map(([name, is]) => ({
    leaf: name,
    was: notedValue(fields[name]),
    is: notedValue(is),
    difference: null,
  }));
}

function notedValue(value: unknown): number | string | null {
  if (typeof value === "number") return value;
  return value === undefined ? null : JSON.stringify(value).slice(0, MAX_NOTED_CHARS);
}
