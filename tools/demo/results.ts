import type { BudgetAlertItem } from "../../functions/src/contracts/alerts.ts";
import type { BudgetItem } from "../../functions/src/contracts/budgets.ts";
import type {
  GetSummaryResponse,
  GetTopUsersResponse,
  GetUsageResponse,
} from "../../functions/src/contracts/reports.ts";
import { usdFromNano } from "../../functions/src/core/money.ts";
import type { Addresses } from "./addresses.ts";
import type { CallJustNow } from "./call-just-now.ts";
import type { Proof, Sum } from "./proof.ts";
import type { PersonUsage } from "./reports.ts";
import type { Tally } from "./traffic.ts";

/** Everything that a run has found out. */
export interface Results {
  readonly simulated: boolean;
  readonly addresses: Addresses;
  /** From the command to the stack that answers, and to the end of the calls. */
  readonly readyMs: number;
  readonly sentMs: number;
  readonly tally: Tally;
  readonly everyone: readonly PersonUsage[];
  readonly usage: GetUsageResponse;
  readonly summary: GetSummaryResponse;
  readonly topUsers: GetTopUsersResponse;
  readonly alerts: readonly BudgetAlertItem[];
  readonly budgets: readonly BudgetItem[];
  readonly proof: Proof;
  readonly call: CallJustNow;
}

/** Whether the run may end with code 0: the sums agree, and what was simulated went as the samples say. */
export function isGood({ simulated, proof, tally }: Results): boolean {
  return proof.problems.length === 0 && !(simulated && tally.surprising.length > 0);
}

/** The document of `--json`; amounts as decimal strings beside the integers, which are strings where they are sums. */
export function documentOf(results: Results) {
  const { simulated, addresses, readyMs, sentMs, tally, proof, everyone, usage, call } = results;
  return {
    ok: isGood(results),
    simulated,
    addresses,
    readyMs: Math.round(readyMs),
    sentMs: Math.round(sentMs),
    calls: tally,
    proof: {
      ledger: plainSum(proof.ledger),
      aggregates: proof.aggregates.map((sum) => ({ name: sum.name, ...plainSum(sum) })),
      ...(proof.billed && { billed: plainSum(proof.billed) }),
      estimated: {
        ours: plainSum(proof.estimated.ours),
        ...(proof.billed && { billed: plainSum(proof.estimated.billed) }),
        because: Object.fromEntries(proof.estimated.because),
      },
      problems: proof.problems,
    },
    users: everyone.map(({ person, usage: { totals, groups } }) => ({
      displayName: person.displayName,
      department: person.department,
      totals,
      models: groups,
    })),
    models: usage.groups,
    month: results.summary,
    topUsers: results.topUsers.items,
    alerts: results.alerts,
    budgets: results.budgets,
    callJustNow: call,
  };
}

function plainSum({ calls, tokens, nanoUsd }: Sum) {
  return { calls, tokens, nanoUsd: `${nanoUsd}`, usd: usdFromNano(Number(nanoUsd)) };
}
