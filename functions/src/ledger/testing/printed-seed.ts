/**
 * The seed of a run of random histories, on the output.
 * @param given LEDGER_SEED of the environment, to have a run again
 */
export function printedSeed(given: string | undefined, nowMs: number): number {
  const seed = Number(given ?? nowMs % 0x8000_0000);
  process.stdout.write(`random histories: LEDGER_SEED=${seed}\n`);
  return seed;
}
