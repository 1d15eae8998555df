import type { Hold } from "../ledger/hold.ts";
import type { JournalResult } from "../ledger/journal.ts";
import { boundCost } from "../pricing/bound-cost.ts";
import type { CallDeps } from "./deps.ts";
import {
  holdOf,
  type OpenCall,
  type TokenEstimate,
  type WrittenHold,
  writeHold,
} from "./open-call.ts";
import { blockedWindow } from "./request.ts";
import { amountsOf, blockingWindows } from "./what-it-takes.ts";

/** The hold of a call under way, which grows when the call is made again after what may have been billed. */
export class CallHold {
  readonly estimate: TokenEstimate;
  readonly #deps: CallDeps;
  readonly #call: OpenCall;
  readonly #hold: Hold;
  #written: Promise<JournalResult>;

  /** @param admitted what an admission has written; without it the hold is written here, as the call's journal */
  constructor(deps: CallDeps, call: OpenCall, estimate: TokenEstimate, admitted?: JournalResult) {
    this.#deps = deps;
    this.#call = call;
    this.estimate = estimate;
    const { hold, written } = admitted
      ? { hold: holdOf(deps, call, estimate), written: Promise.resolve(admitted) }
      : writeHold(deps, call, estimate);
    this.#hold = hold;
    this.#written = written;
  }

  /** As it was first written, or as it was raised last. */
  get current(): WrittenHold {
    return { hold: this.#hold, written: this.#written };
  }

  /**
   * Raises the hold to one more attempt beside those that may have been billed, each at its input.
   * @returns false when a `block` budget has no room for that
   */
  async cover(maybeBilled: number): Promise<boolean> {
    const tokens = {
      inputTokens: (maybeBilled + 1) * this.estimate.inputTokens,
      outputTokens: this.estimate.outputTokens,
    };
    return this.#hold.windows.some(({ reserved }) => reserved > 0)
      ? this.#coverAdmitted(tokens)
      : this.#coverJournaled(tokens);
  }

  /** Nothing waits for it, as for the hold itself, unless every call waits for its journal. */
  async #coverJournaled(tokens: TokenEstimate): Promise<boolean> {
    const bound = boundCost(this.#hold.rates ?? undefined, tokens);
    this.#written = this.#raised(this.#written, bound);
    if (this.#deps.settings.journal === "before") await this.#written;
    return true;
  }

  async #raised(before: Promise<JournalResult>, bound: Hold["bound"]): Promise<JournalResult> {
    const result = await before;
    if (result.status !== "landed") return result;
    return { status: "landed", hold: await this.#deps.journal.raise(result.hold, bound) };
  }

  async #coverAdmitted(tokens: TokenEstimate): Promise<boolean> {
    const result = await this.#written;
    if (result.status !== "landed") return false;
    const { rates } = this.#call.model;
    const windows = blockingWindows(this.#call.windows);
    const hold = await this.#deps.admitter.raise({
      hold: result.hold,
      nonce: this.#hold.nonce,
      bound: boundCost(rates, tokens),
      windows: windows.map(blockedWindow),
      amounts: amountsOf(windows, rates, tokens),
    });
    if (hold) this.#written = Promise.resolve({ status: "landed", hold });
    return hold !== undefined;
  }
}
