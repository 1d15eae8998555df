import type { Budget } from "../budgets/budget.ts";
import type { Spending } from "../budgets/window-state.ts";
import type { Clock } from "../core/clock.ts";
import type { Admitter } from "../ledger/admitter.ts";
import type { Journal } from "../ledger/journal.ts";
import type { Settler } from "../ledger/settler.ts";
import type { PriceBook } from "../pricing/book.ts";
import type { Provider, TokenCounter } from "./port.ts";

/** What a metered call needs; wired once per instance. */
export interface CallDeps {
  readonly clock: Clock;
  randomId(): string;
  /** 0 to 1, not 1. */
  random(): number;
  /** The prices as this instance knows them; never rejects. */
  prices(): Promise<PriceBook>;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly tokens: TokenCounter;
  readonly budgets: CallBudgets;
  readonly journal: Journal;
  readonly admitter: Pick<Admitter, "admit" | "raise">;
  readonly settler: Settler;
  readonly settings: CallSettings;
}

/** What a call asks about budgets; both are reads that may fail. */
export interface CallBudgets {
  active(): Promise<readonly Budget[]>;
  spending(windowIds: readonly string[]): Promise<readonly (Spending | undefined)[]>;
}

export interface CallSettings {
  readonly projectId: string;
  /** Reckoned with when the caller sets no limit; nothing is sent then. */
  readonly defaultMaxOutputTokens: number;
  /** Less output than this is of no use: a call without a limit of its own for which no more fits is refused. */
  readonly minOutputTokens: number;
  /** The total time that a request may take; its hold expires `holdMarginMs` later. */
  readonly requestTimeoutMs: number;
  readonly holdMarginMs: number;
  /** How many more calls of the provider than one a request may come to. */
  readonly providerRetries: number;
  /** How long a provider is listened to after the caller has left; 0: it is left at once. */
  readonly abortDrainMs: number;
  readonly retentionDays: number;
  /** "before": every call waits for its hold; "beside": only those whose id the client made. */
  readonly journal: "before" | "beside";
  /** Whether calls run while the list of budgets was never read and the store fails. */
  readonly onStoreError: "deny" | "allow";
}
