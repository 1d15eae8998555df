import fc from "fast-check";
import { LedgerWorld } from "./ledger-world.ts";
import type { Fate } from "./memory-store.ts";
import type { BudgetWish } from "./world-budgets.ts";
import { problemsAtEnd } from "./world-problems.ts";
import type { CallSpec } from "./world-types.ts";

/** One thing that happens to the world. */
type Step =
  | { readonly kind: "call"; readonly spec: CallSpec }
  | { readonly kind: "track"; readonly id: number; readonly variant: number }
  | { readonly kind: "deliver"; readonly twice: boolean }
  | { readonly kind: "run"; readonly steps: number }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "budget"; readonly wish: BudgetWish }
  | { readonly kind: "abort" | "lose" | "crash" | "sweep" | "replay" | "open" };

export interface History {
  readonly seed: number;
  readonly fates: readonly Fate[];
  /** That there are from the start. */
  readonly budgets: readonly BudgetWish[];
  /** What happens, and to which of the two instances. */
  readonly steps: readonly (readonly [which: number, Step])[];
}

const call: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("call" as const),
  spec: fc.record({
    clientId: fc.option(fc.nat(2), { nil: undefined, freq: 2 }),
    waits: fc.boolean(),
    user: fc.constantFrom("alice" as const, "alice" as const, "bob" as const),
    session: fc.boolean(),
    inputTokens: fc.integer({ min: 1, max: 1_000 }),
    outputTokens: fc.integer({ min: 0, max: 1_000 }),
    overruns: fc.option(fc.constant(true), { nil: false, freq: 5 }),
    isRefused: fc.nat(5).map((nth) => nth === 0),
    raises: fc.option(fc.constant(true), { nil: false, freq: 3 }),
  }),
});

/** Calls take up to 5 000 000 nanoUSD, 2 000 tokens. */
const WISHES: readonly BudgetWish[] = [
  { scopeId: "alice" },
  { scopeId: "*" },
  { scopeId: "alice", enforcement: "block", limit: 6_000_000 },
  { scopeId: "alice", enforcement: "block", limit: 16_000_000 },
  { scopeId: "*", enforcement: "block", limit: 9_000_000 },
  { scopeId: "*", enforcement: "block", unit: "tokens", window: "day", limit: 4_000 },
  { scopeId: "*", enforcement: "block", unit: "requests", window: "minute", limit: 2 },
  {
    scope: "session",
    scopeId: "alice_s1",
    enforcement: "block",
    window: "lifetime",
    limit: 8_000_000,
  },
];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: call },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("track" as const),
      id: fc.nat(1),
      variant: fc.nat(1),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("deliver" as const), twice: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("run" as const),
      steps: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      ms: fc.constantFrom(1, 350, 4_000, 31_000, 61_000, 11 * 60_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("budget" as const),
      wish: fc.constantFrom(...WISHES),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "abort" as const,
        "abort" as const,
        "lose" as const,
        "crash" as const,
        "sweep" as const,
        "sweep" as const,
        "replay" as const,
        "open" as const,
      ),
    }),
  },
);

/** Mostly commits land; the rest of the time they do everything else that they can. */
const fates: fc.Arbitrary<readonly Fate[]> = fc.constantFrom<readonly Fate[]>(
  ["lands"],
  ["lands", "lands_twice"],
  ["lands", "lands", "lands", "lands_unheard", "lands_late", "lands_twice", "lost", "refused"],
  ["lands", "lands_unheard", "lands_late", "lands_late", "lands_twice", "lost"],
  ["lands_unheard", "lands_late", "lost"],
);

export const history: fc.Arbitrary<History> = fc.record({
  seed: fc.integer({ min: 0, max: 0x7fff_ffff }),
  fates,
  budgets: fc.subarray([...WISHES], { maxLength: 3 }),
  steps: fc.array(fc.tuple(fc.nat(1), step), { minLength: 4, maxLength: 30, size: "max" }),
});

/** Lives through a history; gives back the first things that are wrong, and how many choices the seed has made. */
export async function live({ seed, fates: given, budgets, steps }: History): Promise<{
  readonly problems: readonly string[];
  readonly choices: number;
  /** Commits that landed; after each of them everything was compared. */
  readonly commits: number;
  readonly world: LedgerWorld;
}> {
  const world = new LedgerWorld(seed, given);
  let problems: string[] = [];
  let commits = 0;
  world.documents.onLanded = () => {
    commits += 1;
    if (problems.length === 0) problems = world.problems();
  };
  for (const wish of budgets) world.setBudget(wish);
  for (const [which, what] of steps) {
    take(world, which, what);
    await world.interleaver.run(what.kind === "run" ? what.steps : 1);
  }
  await world.calmDown();
  if (problems.length === 0) problems = problemsAtEnd(world);
  return { problems, choices: world.interleaver.steps, commits, world };
}

function take(world: LedgerWorld, which: number, what: Step): void {
  if (what.kind === "call") world.startCall(which, what.spec);
  else if (what.kind === "track") world.track(which, what.id, what.variant);
  else if (what.kind === "deliver") world.deliver(which, what.twice);
  else if (what.kind === "advance") world.clock.advance(what.ms);
  else if (what.kind === "budget") world.setBudget(what.wish);
  else if (what.kind === "abort") world.abort(which);
  else if (what.kind === "lose") world.loseEvent();
  else if (what.kind === "crash") world.crash(which);
  else if (what.kind === "sweep") world.sweep(which);
  else if (what.kind === "replay") world.replay(which);
  else if (what.kind === "open") world.openWindows(which);
  else what.kind satisfies "run";
}
