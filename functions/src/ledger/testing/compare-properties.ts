import { expect } from "@jest/globals";
import fc from "fast-check";
import type { ComparedCollection } from "../compare-port.ts";
import type { DocumentKey, Fields } from "../plan.ts";
import { rebuild } from "../rebuild.ts";
import { sumFieldsOf } from "../shape.ts";
import { type Booking, CompareWorld, NOW_MS } from "./compare-world.ts";
import type { Fate } from "./memory-store.ts";

const booking: fc.Arbitrary<Booking> = fc.record({
  user: fc.constantFrom("alice" as const, "bob" as const),
  session: fc.boolean(),
  agent: fc.constantFrom("a" as const, "b" as const, null),
  input: fc.integer({ min: 1, max: 1_000 }),
  output: fc.nat(1_000),
  minutesAgo: fc.constantFrom(0, 1, 700, 1_400),
});
const bookings = (minLength: number) => fc.array(booking, { minLength, maxLength: 8 });
const seed = fc.nat(0x7fff_ffff);
const fates = fc.constantFrom<readonly Fate[]>(
  ["lands"],
  ["lands", "lands_twice", "lands_unheard"],
  ["lands", "lands_twice", "lands_unheard", "lands_late", "lost"],
);
/** Which of all numbers, and what becomes of it. */
const damage = fc.record({
  which: fc.nat(0xffff),
  how: fc.constantFrom("more", "less", "none", "text", "fraction"),
  by: fc.integer({ min: 1, max: 1_000_000 }),
});
const given = fc.record({ seed, fates, before: bookings(1), meanwhile: bookings(0), damage });

/** What was tried: histories, turns that the seed chose in them, and repairs that were made. */
interface ComparesTried {
  histories: number;
  choices: number;
  repairs: number;
}

/** Nothing is changed while calls settle and are aggregated, where nothing is wrong. */
export function leavesRightNumbers(tried: ComparesTried): fc.IAsyncProperty<unknown> {
  return fc.asyncProperty(seed, bookings(1), bookings(0), async (seedOf, before, meanwhile) => {
    const world = new CompareWorld(seedOf);
    for (const each of before) world.book(each);
    await world.finish(world.aggregate((index) => index % 3 !== 0));
    const cares = [world.care(), world.aggregate(), world.care()];
    for (const each of meanwhile) {
      world.book(each);
      cares.push(world.aggregate());
      await world.interleaver.run(3);
    }
    await world.finish(Promise.allSettled(cares));
    await world.finish(world.aggregate());
    expect(world.noted()).toEqual([]);
    expect(world.failures).toEqual([]);
    expect(world.problems()).toEqual([]);
    count(tried, world);
  });
}

/** Any one number that the counters show is made right, once, whatever else goes on. */
export function repairsCounters(tried: ComparesTried): fc.IAsyncProperty<unknown> {
  return fc.asyncProperty(given, async (damaged) => {
    const world = await worldWithDamage(damaged, isShownByCounters);
    const work = [world.care(), world.care(), world.aggregate()];
    for (const each of damaged.meanwhile) {
      world.book(each);
      work.push(world.aggregate());
      await world.interleaver.run(3);
    }
    await world.finish(Promise.allSettled(work));
    await world.finish(world.care());
    world.calmDown();
    await world.finish(world.care());
    await world.finish(world.aggregate());
    expect(world.problems()).toEqual([]);
    const noted = world.noted().length;
    await world.finish(world.care());
    expect(world.noted()).toHaveLength(noted);
    count(tried, world);
  });
}

/** Any number is made right entry by entry, histograms and the ends of sessions too. */
export function rebuildsNumbers(tried: ComparesTried): fc.IAsyncProperty<unknown> {
  return fc.asyncProperty(given, async (damaged) => {
    const world = await worldWithDamage(damaged, () => true);
    for (const each of damaged.meanwhile) world.book(each);
    await world.finish(Promise.allSettled([apply(world), apply(world), world.aggregate()]));
    world.calmDown();
    await world.finish(apply(world));
    expect(world.problems()).toEqual([]);
    const noted = world.noted().length;
    await world.finish(apply(world));
    expect(world.noted()).toHaveLength(noted);
    count(tried, world);
  });
}

function count(tried: ComparesTried, world: CompareWorld): void {
  tried.histories += 1;
  tried.choices += world.interleaver.steps;
  tried.repairs += world.noted().length;
}

interface Given {
  readonly seed: number;
  readonly fates: readonly Fate[];
  readonly before: readonly Booking[];
  readonly damage: { readonly which: number; readonly how: string; readonly by: number };
}

type Place = readonly [doc: DocumentKey, path: readonly string[]];

/** A world in which one number is wrong, and some of its entries still wait in the outbox. */
async function worldWithDamage(
  given: Given,
  isWanted: (path: readonly string[]) => boolean,
): Promise<CompareWorld> {
  const world = new CompareWorld(given.seed, given.fates);
  for (const each of given.before) world.book(each);
  await world.finish(world.aggregate((index) => index % 4 !== 1));
  const compared = world.compared().filter(({ id }) => !id.endsWith("lifetime_all"));
  const places = compared.flatMap((doc): Place[] => {
    const fields = world.documents.get(doc)?.fields ?? {};
    const own = [...sumFieldsOf(doc.collection as ComparedCollection), "firstAtMs", "lastAtMs"];
    return own.flatMap((name) => leavesOf(fields[name], [name]).map((path): Place => [doc, path]));
  });
  const wanted = places.filter(([, path]) => isWanted(path));
  const [doc, path] = wanted[given.damage.which % wanted.length] as Place;
  world.damage(doc, (fields) => changed(fields, path, given.damage) as Fields);
  return world;
}

function leavesOf(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value === "number") return [path];
  if (value === undefined || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

/** The sums over a document say nothing of how long calls took, nor of the ends of a session. */
function isShownByCounters([name]: readonly string[]): boolean {
  return !["latencyMs", "firstChunkMs", "firstAtMs", "lastAtMs"].includes(name ?? "");
}

function changed(
  value: unknown,
  [key, ...rest]: readonly string[],
  { how, by }: Given["damage"],
): unknown {
  if (key !== undefined) {
    const map = value as Fields;
    return { ...map, [key]: changed(map[key], rest, { which: 0, how, by }) };
  }
  const was = value as number;
  switch (how) {
    case "more":
      return was + by;
    case "less":
      return was - by;
    case "none":
      return was === 0 ? by : 0;
    case "text":
      return String(was);
    default:
      return was + 0.5;
  }
}

async function apply(world: CompareWorld): Promise<void> {
  const target = { kind: "moved", since: new Date(0) } as const;
  const options = { now: new Date(NOW_MS), shards: 2, isApplied: true };
  for await (const _ of rebuild(world.deps(), target, options));
}
