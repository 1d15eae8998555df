import type { BudgetWindow } from "../../budgets/alert.ts";
import type { Budget } from "../../budgets/budget.ts";
import { sampleBudget } from "../../budgets/testing/sample-budget.ts";
import type { AdmissionRequest, Admitted } from "../../ledger/admission.ts";
import type { EntryDraft } from "../../ledger/entry.ts";
import type { Hold } from "../../ledger/hold.ts";
import type { LedgerStore } from "../../ledger/port.ts";
import type { Settlement } from "../../ledger/settle.ts";
import type { Fate } from "../../ledger/testing/memory-store.ts";
import { sampleAdmission } from "../../ledger/testing/sample-admission.ts";
import { CALL_TIMEOUT_MS, sampleAttempts, sampleDraft } from "../../ledger/testing/sample-call.ts";
import type { BudgetWish } from "../../ledger/testing/world-budgets.ts";
import {
  type AdmissionHistory,
  type AdmissionsTried,
  type Call,
  FIRST_BUDGETS,
  SINCE,
} from "./admission-steps.ts";
import type { Instance, RealLedger } from "./real-ledger.ts";

/** Gives back what is wrong in the end, or was at any time when an admission looked. */
export async function liveAdmission(
  ledger: RealLedger,
  history: AdmissionHistory,
  { count }: AdmissionsTried,
): Promise<readonly string[]> {
  const scene = new Scene(ledger, history.fates, count);
  const running: Promise<void>[] = [];
  for (const step of history.steps) {
    if (step.kind === "budget") scene.setBudget(step.wish, new Date());
    else running.push(scene.run(step));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(running);
  return scene.end();
}

class Scene {
  private readonly ledger: RealLedger;
  private readonly count: AdmissionsTried["count"];
  private readonly instances: readonly Instance[];
  private readonly budgets = new Map<string, Budget>();
  /** By window: the highest limit that an admission was begun with. */
  private readonly limits = new Map<string, number>();
  private readonly ran = new Map<string, readonly EntryDraft[]>();
  private readonly late: Promise<unknown>[] = [];
  private readonly leftOver: (() => Promise<unknown>)[] = [];
  private readonly kept: Settlement[] = [];
  private readonly problems: string[] = [];
  private readonly startedAtMs = Date.now() - CALL_TIMEOUT_MS - 60_000;

  constructor(ledger: RealLedger, fates: readonly Fate[], count: AdmissionsTried["count"]) {
    this.ledger = ledger;
    this.count = count;
    this.instances = [0, 1].map((n) => {
      const own = fates.filter((_, index) => index % 2 === n);
      return ledger.instance(this.watched(ledger.faulty(own, this.late)), this.kept);
    });
    for (const wish of FIRST_BUDGETS) this.setBudget(wish, SINCE);
    count.budgets -= FIRST_BUDGETS.length;
  }

  /** As `setBudget` does it: `since` stays when only the limit moves. */
  setBudget(wish: BudgetWish, now: Date): void {
    const next = sampleBudget({ ...wish, enforcement: "block", since: now, updatedAt: now });
    const since = this.budgets.get(next.budgetId)?.since ?? now;
    this.budgets.set(next.budgetId, { ...next, since });
    this.count.budgets += 1;
  }

  async run(call: Call): Promise<void> {
    const { journal, admitter } = this.instances[call.instance] as Instance;
    const request = this.requestOf(call);
    const result = await admitter.admit(request);
    this.count[result.status] += 1;
    if (result.status === "unavailable" && result.ended !== undefined) {
      this.late.push(journal.withdraw(request.holdFor(0, []), { ended: result.ended }));
    }
    if (result.status === "admitted") await this.settle(call, request, result);
  }

  /** Everything comes to its end, and is cared for until nothing is left to do. */
  async end(): Promise<readonly string[]> {
    const { ledger, late, kept } = this;
    await Promise.all(late);
    await Promise.all([ledger.care(), ledger.care()]);
    for (const settle of this.leftOver) await settle();
    await Promise.all(late);
    const calm = ledger.instance(ledger.store, kept);
    for (const settlement of kept) await calm.settler.settleAlone(settlement);
    await ledger.trigger();
    await Promise.all([ledger.care(), ledger.care()]);
    await ledger.care();
    return [...this.problems, ...(await this.costProblems()), ...(await ledger.problems())];
  }

  private async settle(call: Call, request: AdmissionRequest, admitted: Admitted): Promise<void> {
    const { settler } = this.instances[call.instance] as Instance;
    const { outputTokens } = admitted;
    const held = request.holdFor(outputTokens, request.amountsAt(outputTokens));
    const raised = call.raises ? await this.raise(call, request, held, admitted) : undefined;
    const entries = this.entriesOf(call, held, outputTokens, raised !== undefined);
    const settlement = { entries, holdId: held.holdId, hold: raised ?? admitted.hold };
    if (this.ran.has(held.holdId)) this.problems.push(`${request.identity.requestId} ran twice`);
    this.ran.set(held.holdId, call.end === "crashes" ? [] : entries);
    if (call.end === "settles late") this.leftOver.push(() => settler.settle(settlement));
    else if (call.end !== "crashes") await settler.settle(settlement);
  }

  /** To twice the hold, for a second attempt. */
  private async raise(call: Call, request: AdmissionRequest, held: Hold, { hold }: Admitted) {
    const { admitter } = this.instances[call.instance] as Instance;
    const bound = { ...held.bound, nanoUsd: 2 * held.bound.nanoUsd };
    const reserved = new Map(hold.windows.map((move) => [move.windowId, move.reserved]));
    const amounts = request.windows.map(({ move: { windowId, unit } }) =>
      unit === "requests" ? (reserved.get(windowId) ?? 0) : 2 * (reserved.get(windowId) ?? 0),
    );
    const { windows } = request;
    const raised = await admitter.raise({ hold, nonce: held.nonce, bound, windows, amounts });
    if (raised) this.count.raised += 1;
    return raised;
  }

  private entriesOf(call: Call, held: Hold, most: number, isRepeated: boolean): EntryDraft[] {
    const { end, input } = call;
    const output = Math.min(call.output, most);
    if (end === "aborted" || end === "unsent") this.count[end] += 1;
    if (end === "unsent") return [sampleDraft(held, {}, { requests: 0, status: "error" })];
    if (end === "aborted") {
      return [sampleDraft(held, { input, output: Math.floor(output / 3) }, { status: "aborted" })];
    }
    return isRepeated
      ? sampleAttempts(held, { input, output }, new Date())
      : [sampleDraft(held, { input, output })];
  }

  private requestOf({ session, input, clientId }: Call): AdmissionRequest {
    const fresh = this.ledger.freshId();
    const request = sampleAdmission({
      requestId: clientId === undefined ? fresh : `client-${clientId}`,
      nonce: `nonce-${fresh}`,
      startedAtMs: this.startedAtMs,
      budgets: [...this.budgets.values()],
      attribution: { sessionId: session ? "s1" : null },
      inputTokens: input,
      output: [50, 300],
      idIsTheClients: clientId !== undefined,
    });
    for (const { budget: asked, move } of request.windows) {
      const limit = Math.max(this.limits.get(move.windowId) ?? 0, asked.limit);
      this.limits.set(move.windowId, limit);
    }
    return request;
  }

  /**
   * Looks at every window that is read: none of these calls costs more than its hold, so none may be too full. What was
   * spent before a budget was made is not its calls'.
   */
  private watched(store: LedgerStore): LedgerStore {
    return {
      ...store,
      read: async (docs, deadlineMs) => {
        const found = await store.read(docs, deadlineMs);
        for (const [index, { collection, id }] of docs.entries()) {
          if (collection !== "budget_windows" || !found[index]) continue;
          const window = found[index].fields as Partial<BudgetWindow>;
          const { spent = 0, held = 0, openingSpent = 0 } = window;
          const isWrong = spent - openingSpent + held > (this.limits.get(id) ?? 0) || held < 0;
          if (isWrong) this.problems.push(`${id} had ${spent} - ${openingSpent} + ${held}`);
        }
        return found;
      },
    };
  }

  /** Every call that ended has its entries, and with corrections they come to what it cost. */
  private async costProblems(): Promise<string[]> {
    const entries = await this.ledger.documentsOf("usage_tracking");
    return [...this.ran.values()].flatMap((due) => {
      const [first] = due;
      if (!first) return [];
      const own = entries.filter(([, { nonce }]) => nonce === first.nonce);
      const sum = (of: readonly { readonly costNanoUsd?: number }[]) =>
        of.reduce((total, { costNanoUsd = 0 }) => total + costNanoUsd, 0);
      const [cost, dueCost] = [sum(own.map(([, entry]) => entry)), sum(due)];
      const calls = own.filter(([, { kind }]) => kind === "call").length;
      const isRight = cost === dueCost && calls === due.length;
      return isRight ? [] : [`${first.requestId} has ${calls} entries of ${cost}, not ${dueCost}`];
    });
  }
}
