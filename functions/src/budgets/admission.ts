/** What a window holds of its limit; all in its unit's integer. */
export interface Balance {
  readonly limit: number;
  readonly spent: number;
  readonly held: number;
}

/**
 * fits: within the limit now. wait: it would fit if nothing were held, so that settles may make room.
 * never: not in this window.
 */
export type Verdict = "fits" | "wait" | "never";

/**
 * A limit of 100 with 60 spent and 30 held takes 10 now, 40 after all settles, and never 41. What takes nothing always
 * fits, also where an actual cost was above its bound and 105 are spent.
 */
export function verdictOn({ limit, spent, held }: Balance, amount: number): Verdict {
  if (amount === 0 || spent + held + amount <= limit) return "fits";
  return spent + amount <= limit ? "wait" : "never";
}

/** The worst verdict over all windows, and the first window that gives it. */
export function worstVerdict(
  balances: readonly Balance[],
  amounts: readonly number[],
): { readonly verdict: Verdict; readonly index: number } {
  let worst: { verdict: Verdict; index: number } = { verdict: "fits", index: 0 };
  for (const [index, balance] of balances.entries()) {
    const verdict = verdictOn(balance, amounts[index] ?? 0);
    if (RANK[verdict] > RANK[worst.verdict]) worst = { verdict, index };
  }
  return worst;
}

const RANK: Record<Verdict, number> = { fits: 0, wait: 1, never: 2 };

/** How many tokens of output a request asks for: what it wants, and the least that is of use to it. */
export interface OutputRange {
  readonly least: number;
  readonly most: number;
}

/**
 * The most output whose amounts all windows take now; amounts grow with it.
 * @returns undefined when not even the least fits
 */
export function mostThatFits(
  balances: readonly Balance[],
  amountsAt: (outputTokens: number) => readonly number[],
  { least, most }: OutputRange,
): number | undefined {
  const fits = (output: number) => worstVerdict(balances, amountsAt(output)).verdict === "fits";
  if (fits(most)) return most;
  if (!fits(least)) return undefined;
  let fitting = least;
  let beyond = most;
  while (beyond - fitting > 1) {
    const middle = Math.floor((fitting + beyond) / 2);
    if (fits(middle)) fitting = middle;
    else beyond = middle;
  }
  return fitting;
}
