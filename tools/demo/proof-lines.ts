import { exactUsd, grouped } from "./money.ts";
import { plainTable } from "./plain-table.ts";
import { type NamedSum, type Proof, type Sum, sumOf } from "./proof.ts";
import type { Colors } from "./screen.ts";

const MAX_PROBLEMS = 10;

/** The sums below each other, and what they say: the last line is the verdict. */
export function proofLines(proof: Proof, colors: Colors): string[] {
  const sums = sumsOf(proof);
  const rows = sums.map(({ name, calls, tokens, nanoUsd }) => [
    name,
    grouped(calls),
    grouped(tokens),
    exactUsd(Number(nanoUsd)),
  ]);
  const table = plainTable(["Sum of", "Calls", "Tokens", "Cost"], rows, colors);
  const words = [...estimateLines(proof), ...verdict(proof, colors)];
  return [...table, ...words.map((line) => `  ${line}`)];
}

function sumsOf({ ledger, aggregates, billed, estimated }: Proof): NamedSum[] {
  const own = [named("ledger: every entry", ledger), ...aggregates];
  if (!billed) return own;
  const records = named("model: its own records, priced apart", billed);
  if (estimated.ours.calls === 0) return [...own, records];
  return [
    ...own,
    records,
    named("  + calls whose usage it did not tell", estimated.ours),
    named("  = both", sumOf([billed, estimated.ours])),
  ];
}

function named(name: string, sum: Sum): NamedSum {
  return { name, ...sum };
}

/** What the estimates are off by: known here alone, for the simulated model tells its bill afterwards. */
function estimateLines({ estimated, billed }: Proof): string[] {
  const { ours, billed: theirs, because } = estimated;
  if (ours.calls === 0) return [];
  const reasons = [...because].map(([reason, calls]) => `${calls} ${reason}`).join(", ");
  const what = `~${grouped(ours.calls)} estimated (${reasons})`;
  if (!billed) return [`${what}: ${exactUsd(Number(ours.nanoUsd))}`];
  const amounts = `${exactUsd(Number(ours.nanoUsd))} by Tollgate, ${exactUsd(Number(theirs.nanoUsd))} billed`;
  return [`${what}:`, `  ${amounts}`];
}

function verdict({ problems, billed }: Proof, { green, red }: Colors): string[] {
  if (problems.length === 0) {
    const who = billed ? "Ledger, aggregates and the model's records" : "Ledger and aggregates";
    return [green(`${who} agree to the nano-dollar.`)];
  }
  const shown = problems.slice(0, MAX_PROBLEMS).map((problem) => `- ${problem}`);
  const more = problems.length - shown.length;
  return [red("The sums do not agree:"), ...shown, ...(more > 0 ? [`- and ${more} more`] : [])];
}
