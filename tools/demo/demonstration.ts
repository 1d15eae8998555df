import { step } from "../setup/progress.mjs";
import { StackError } from "../stack/errors.ts";
import { type Addresses, addressesIn, isSimulated } from "./addresses.ts";
import { setBudgets } from "./budgets.ts";
import { askerOf, callJustNow } from "./call-just-now.ts";
import type { Outcome } from "./conversation.ts";
import { gather } from "./gather.ts";
import { duration } from "./money.ts";
import { failureLines, tableLines } from "./pages.ts";
import { type People, signInAll } from "./people.ts";
import { limitLines, makePlan, type Plan } from "./plan.ts";
import { startProgress } from "./progress.ts";
import { untilAggregated } from "./reports.ts";
import type { Results } from "./results.ts";
import { loadPeople } from "./samples/samples.ts";
import { fire } from "./schedules.ts";
import type { Screen } from "./screen.ts";
import { stream } from "./showcase.ts";
import { sendAll, tallyOf } from "./traffic.ts";

/** Later than the outbox grace: care also takes what its trigger may have missed a moment ago. */
const CARE_AHEAD_MS = 120_000;

export interface Stage {
  readonly screen: Screen;
  /** Of a command in the stack. */
  readonly env: Readonly<Record<string, string>>;
  readonly readyMs: number;
  /** Ends the demonstration early: it throws the signal's reason. */
  readonly signal: AbortSignal;
}

export interface Demonstration {
  readonly results: Results;
  readonly people: People;
}

/** Fills a fresh stack with the samples, as front ends would, and shows what came of it. */
export async function demonstrate(stage: Stage): Promise<Demonstration> {
  const { screen, env, readyMs, signal } = stage;
  const addresses = addressesIn(env);
  const plan = makePlan(isSimulated(env));
  const { simulated } = plan;
  const from = startOfMonth(new Date());
  const people = await signInAll(loadPeople(), addresses);
  await setBudgets(people);
  const sent = await send(plan, people, stage);
  const { call, ...gathered } = await step(
    "Aggregating, checking budgets, adding up",
    async () => {
      await untilAggregated(people.admin, signal);
      const made = await callJustNow(askerOf(people), simulated);
      await takeCare(addresses);
      signal.throwIfAborted();
      return { call: made, ...(await gather(people, { addresses, simulated, from })) };
    },
    screen.stream,
  );
  const results = { simulated, addresses, readyMs, ...sent, call, ...gathered };
  for (const line of tableLines(results, people.nameOf, screen.colors)) screen.line(line);
  return { results, people };
}

async function send(
  plan: Plan,
  people: People,
  { screen, signal }: Stage,
): Promise<Pick<Results, "tally" | "sentMs">> {
  const startedMs = performance.now();
  const first = await stream(people.byEmail(plan.showcase.user), plan.showcase, screen);
  if (first.failure && !plan.simulated) {
    throw new StackError(`The provider does not answer: ${first.failure}`);
  }
  const outcomes = [first];
  signal.throwIfAborted();
  screen.line();
  screen.line(screen.colors.bold("Sending the other sample conversations"));
  for (const line of limitLines(plan)) screen.line(`  ${line}`);
  const progress = startProgress(screen, plan.calls);
  const count = (outcome: Outcome) => {
    outcomes.push(outcome);
    progress.tick(tallyOf(outcomes).failed.length);
  };
  await sendAll(plan, people, count, signal).finally(() => progress.end());
  signal.throwIfAborted();
  const tally = tallyOf(outcomes);
  const sentMs = performance.now() - startedMs;
  for (const line of failureLines(tally, duration(sentMs))) screen.line(line);
  return { tally, sentMs };
}

/** What a deployed project does by itself every few minutes. */
async function takeCare(addresses: Addresses): Promise<void> {
  await fire("careForLedger", addresses, new Date(Date.now() + CARE_AHEAD_MS));
  await fire("checkBudgets", addresses, new Date());
}

/** "2026-11-01", from which months and days both have sums. */
function startOfMonth(now: Date): string {
  return `${now.toISOString().slice(0, "2026-11".length)}-01`;
}
