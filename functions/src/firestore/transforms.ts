import { type Contribution, countLeaves } from "../ledger/plan.ts";

/** https://firebase.google.com/docs/firestore/quotas: field transforms on one document per commit. */
const MAX_TRANSFORMS = 500;

/** @throws RangeError for more than production takes; the emulator would take them */
export function assertTransforms({ add, min = {}, max = {} }: Contribution): void {
  const transforms = countLeaves(add) + countLeaves(min) + countLeaves(max);
  if (transforms > MAX_TRANSFORMS) {
    throw new RangeError(`${transforms} transforms on one document, at most ${MAX_TRANSFORMS}`);
  }
}
