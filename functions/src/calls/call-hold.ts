import type { Hold } from "../ledger/hold.ts";
import type { JournalResult } from "../ledger/journal.ts";
import { boundCost } from "../pricing/bound-cost.ts";
import type { CallDeps } from "./deps.ts";
import { type OpenCall, type TokenEstimate, type WrittenHold, writeHold } from "./open-call.ts";

/** The hold of a call under way, which grows when the call is made again after what may have been billed. */
export class CallHold {
  readonly estimate: TokenEstimate;
  readonly #deps: CallDeps;
  readonly #hold: Hold;
  #written: Promise<JournalResult>;

  constructor(deps: CallDeps, call: OpenCall, estimate: TokenEstimate) {
    this.#deps = deps;
    this.estimate = estimate;
    const { hold, written } = writeHold(deps, call, estimate);
    this.#hold = hold;
    this.#written = written;
  }

  /** As it was first written, or as it was raised last. */
  get current(): WrittenHold {
    return { hold: this.#hold, written: this.#written };
  }

  /**
   * Raises the bound to one more attempt beside those that may have been billed, each at its input. Nothing waits for
   * it, as for the hold itself, unless every call waits for its journal.
   */
  async cover(maybeBilled: number): Promise<boolean> {
    const bound = boundCost(this.#hold.rates ?? undefined, {
      inputTokens: (maybeBilled + 1) * this.estimate.inputTokens,
      outputTokens: this.estimate.outputTokens,
    });
    this.#written = this.#raised(this.#written, bound);
    if (this.#deps.settings.journal === "before") await this.#written;
    return true;
  }

  async #raised(before: Promise<JournalResult>, bound: Hold["bound"]): Promise<JournalResult> {
    const result = await before;
    if (result.status !== "landed") return result;
    return { status: "landed", hold: await this.#deps.journal.raise(result.hold, bound) };
  }
}
