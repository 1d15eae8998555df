import { describe, expect, it } from "@jest/globals";
import type { QuerySpec } from "../../functions/src/firestore/queries.ts";
import type { CompositeIndex, FieldOverride, IndexField } from "./index-file.ts";
import { answerTo, needOf } from "./needed.ts";

function query(where: QuerySpec["where"], orderBy: QuerySpec["orderBy"] = []): QuerySpec {
  return { collection: "things", where, orderBy };
}

/** "a", "-b": ascending a, descending b. */
function index(...paths: string[]): CompositeIndex {
  return { collectionGroup: "things", queryScope: "COLLECTION", fields: paths.map(field) };
}

function field(path: string): IndexField {
  return path.startsWith("-")
    ? { fieldPath: path.slice(1), order: "DESCENDING" }
    : { fieldPath: path, order: "ASCENDING" };
}

function override(fieldPath: string, ...paths: string[]): FieldOverride {
  return { collectionGroup: "things", fieldPath, indexes: paths.map(field) };
}

function answer(spec: QuerySpec, indexes: CompositeIndex[], fieldOverrides: FieldOverride[] = []) {
  return answerTo(needOf(spec), { indexes, fieldOverrides }).by;
}

const TWO_EQUAL = query(
  [
    ["a", "=="],
    ["b", "in"],
  ],
  [["c", "desc"]],
);

describe("a query with equalities and an order", () => {
  it.each([
    [["a", "b", "-c"], "composite"],
    [["b", "a", "-c"], "composite"],
    [["b", "-a", "-c"], "composite"],
    [["a", "b", "c"], "nothing"],
    [["a", "-c", "b"], "nothing"],
    [["a", "-c"], "nothing"],
    [["a", "b", "-c", "d"], "nothing"],
  ])("is answered by an index of %j: %s", (paths, by) => {
    expect(answer(TWO_EQUAL, [index(...paths)])).toBe(by);
  });

  it("is not answered by another collection's index", () => {
    const other = { ...index("a", "b", "-c"), collectionGroup: "others" };
    expect(answer(TWO_EQUAL, [other])).toBe("nothing");
  });
});

describe("a query over one field", () => {
  const range = query([
    ["a", ">="],
    ["a", "<"],
  ]);

  it("is answered by default", () => {
    expect(answer(range, [])).toBe("single fields");
    expect(answer(query([], [["a", "desc"]]), [])).toBe("single fields");
  });

  it("is not answered in a collection that is exempt, unless the field has its own index", () => {
    expect(answer(range, [], [override("*")])).toBe("nothing");
    expect(answer(range, [], [override("*"), override("a", "a")])).toBe("single fields");
  });

  it("is not answered against the direction of the field's only index", () => {
    expect(answer(query([], [["a", "desc"]]), [], [override("a", "a")])).toBe("nothing");
  });
});

describe("a query of equalities alone", () => {
  const equalities = query([
    ["a", "=="],
    ["b", "=="],
  ]);

  it("is merged from single fields, or answered by a composite index", () => {
    expect(answer(equalities, [])).toBe("single fields");
    expect(answer(equalities, [], [override("b")])).toBe("nothing");
    expect(answer(equalities, [index("b", "a")], [override("*")])).toBe("composite");
  });
});

describe("a query that Firestore would refuse", () => {
  it("is refused here too", () => {
    const twoRanges = query([
      ["a", ">="],
      ["b", "<"],
    ]);
    expect(() => needOf(twoRanges)).toThrow("ranges over a, b");
    expect(() => needOf(query([["a", ">="]], [["b", "asc"]]))).toThrow("order by a first");
  });
});

describe("a query without conditions", () => {
  it("needs no index", () => {
    expect(answer(query([]), [], [override("*")])).toBe("document ids");
  });
});
