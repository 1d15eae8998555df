import { OPERATIONS, type Operation } from "./operations.ts";
import { EVERYONE, type Who } from "./people.ts";
import { PLACE_NAMES } from "./places.ts";

/** One cell: may this person do this here? */
export interface Cell {
  readonly place: string;
  readonly who: Who;
  readonly operation: Operation;
  readonly may: boolean;
}

/**
 * Reads a table as it stands in the test: a row of operations, then a row per person with `yes`
 * or `-`. Whoever or whatever is missing, twice there or misspelt is an error, so that a table
 * cannot be read as complete when it is not.
 */
export function cellsOf(table: string, places: readonly string[]): Cell[] {
  const [head = [], ...rows] = table.trim().split("\n").map(wordsOf);
  demandAll("operations", head.slice(1), OPERATIONS);
  demandAll(
    "people",
    rows.map(([who = ""]) => who),
    EVERYONE,
  );
  return places.flatMap((place) => rows.flatMap((row) => cellsOfRow(place, row)));
}

/** Every place stands in exactly one table. */
export function demandEveryPlace(places: readonly string[]): void {
  demandAll("places", places.toSorted(), PLACE_NAMES.toSorted());
}

function cellsOfRow(place: string, [name, ...marks]: string[]): Cell[] {
  const who = EVERYONE.find((candidate) => candidate === name);
  if (who === undefined) throw new Error(`nobody is named "${name}"`);
  return OPERATIONS.map((operation, column) => ({
    place,
    who,
    operation,
    may: permission(marks[column]),
  }));
}

function permission(mark: string | undefined): boolean {
  if (mark !== "yes" && mark !== "-") throw new Error(`"${mark}" is neither "yes" nor "-"`);
  return mark === "yes";
}

function wordsOf(line: string): string[] {
  return line.split("|").map((word) => word.trim());
}

function demandAll(what: string, found: readonly string[], wanted: readonly string[]): void {
  if (found.join() !== wanted.join()) {
    throw new Error(`${what} are ${found.join(", ")} instead of ${wanted.join(", ")}`);
  }
}
