import { expect, it } from "@jest/globals";
import { documentName } from "./document-name.ts";

const DATABASE = "projects/p/databases/(default)";
const named = (id: string) => documentName(DATABASE, { collection: "usage_holds", id });

it("names a document in its database", () => {
  expect(named("a%5Fb_2026-11")).toBe(`${DATABASE}/documents/usage_holds/a%5Fb_2026-11`);
});

it("refuses ids that lead elsewhere, or that Firestore refuses", () => {
  for (const id of ["", ".", "..", "a/b", "__x__"]) expect(() => named(id)).toThrow(TypeError);
  expect(named("__x")).toContain("__x");
});
