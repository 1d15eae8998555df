import {
  type Balance,
  mostThatFits,
  type OutputRange,
  worstVerdict,
} from "../budgets/admission.ts";
import type { Hold, LandedHold } from "./hold.ts";
import type { Snapshot } from "./plan.ts";
import type { BlockedWindow, FoundWindow } from "./reserve.ts";

/** What asks to be admitted against `block` budgets. */
export interface AdmissionRequest {
  readonly identity: Pick<Hold, "holdId" | "entryId" | "nonce" | "subject" | "requestId">;
  /** In the order of their ids, so that requests with the same windows find each other. */
  readonly windows: readonly BlockedWindow[];
  readonly output: OutputRange;
  /** What an output takes of each window, in their order. */
  amountsAt(outputTokens: number): readonly number[];
  /** The hold for that output, carrying what it takes. */
  holdFor(outputTokens: number, reserved: readonly number[]): Hold;
  readonly idIsTheClients: boolean;
}

export interface Admitted {
  readonly status: "admitted";
  readonly hold: LandedHold;
  readonly outputTokens: number;
  /** Of each window, its own reservation included. */
  readonly balances: readonly Balance[];
}

/** No room: the window that has the least, and what it has. */
export interface Refused {
  readonly status: "refused";
  readonly window: BlockedWindow;
  readonly balance: Balance;
  readonly amount: number;
}

/** The request id is taken; the entry of its last attempt and its hold as they were found. */
export interface Taken {
  readonly status: "taken";
  readonly entry: Snapshot | undefined;
  readonly hold: Snapshot | undefined;
}

/** "contention": others moved the windows at every try. "opening": what was spent before a budget is still summed up. */
export type UnavailableBecause = "contention" | "opening" | "store";

export type AdmissionResult =
  | Admitted
  | Refused
  | Taken
  /** Nobody knows whether the hold is there, or will be until `ended` has resolved. */
  | {
      readonly status: "unavailable";
      readonly because: UnavailableBecause;
      readonly cause: unknown;
      /** Undefined: no commit of it was ever sent, so that there is nothing to take back. */
      readonly ended: Promise<void> | undefined;
    };

/** What a request comes to on the windows as they were read. */
export type Decision<Request> =
  | {
      readonly status: "admit";
      readonly request: Request;
      readonly outputTokens: number;
      readonly hold: Hold;
      /** What it takes of each window. */
      readonly reserved: readonly number[];
      readonly balances: readonly Balance[];
    }
  /** "wait": settles may make room. */
  | { readonly status: "wait" | "refuse"; readonly request: Request; readonly refusal: Refused };

/**
 * Decides requests in the order in which they came, each on what those before it have left, and each by the limits that
 * it was begun with.
 */
export function decideBatch<Request extends AdmissionRequest>(
  batch: readonly Request[],
  found: readonly FoundWindow[],
): Decision<Request>[] {
  let taken = found.map(() => 0);
  return batch.map((request) => {
    const decision = decide(request, balancesFor(request, found, taken));
    if (decision.status === "admit") taken = sumsOf(taken, decision.reserved);
    return decision;
  });
}

/** The windows as one request sees them, with its own limits. */
export function balancesFor(
  { windows }: Pick<AdmissionRequest, "windows">,
  found: readonly FoundWindow[],
  taken: readonly number[],
): Balance[] {
  return found.map(({ stored }, index) => ({
    limit: (windows[index] as BlockedWindow).budget.limit,
    spent: stored.spent,
    held: stored.held + (taken[index] ?? 0),
  }));
}

function decide<Request extends AdmissionRequest>(
  request: Request,
  balances: readonly Balance[],
): Decision<Request> {
  const { output } = request;
  const outputTokens = mostThatFits(balances, (tokens) => request.amountsAt(tokens), output);
  if (outputTokens === undefined) return refusalOf(request, balances);
  const reserved = request.amountsAt(outputTokens);
  return {
    status: "admit",
    request,
    outputTokens,
    hold: request.holdFor(outputTokens, reserved),
    reserved,
    balances: balances.map((balance, index) => ({
      ...balance,
      held: balance.held + (reserved[index] ?? 0),
    })),
  };
}

function refusalOf<Request extends AdmissionRequest>(
  request: Request,
  balances: readonly Balance[],
): Decision<Request> {
  const amounts = request.amountsAt(request.output.least);
  const { verdict, index } = worstVerdict(balances, amounts);
  const refusal: Refused = {
    status: "refused",
    window: request.windows[index] as BlockedWindow,
    balance: balances[index] as Balance,
    amount: amounts[index] as number,
  };
  return { status: verdict === "wait" ? "wait" : "refuse", request, refusal };
}

function sumsOf(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, index) => value + (b[index] ?? 0));
}
