import { FieldPath } from "@google-cloud/firestore";
import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { fieldPath } from "./field-path.ts";

it("quotes what is no plain name", () => {
  expect(fieldPath(["byModel", "openai/gpt-4.1", "calls"])).toBe("byModel.`openai/gpt-4.1`.calls");
  expect(fieldPath(["a`b\\c"])).toBe("`a\\`b\\\\c`");
});

it("writes paths as the SDK does", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), (path) => {
      const theirs = new FieldPath(...path) as unknown as { formattedName: string };
      expect(fieldPath(path)).toBe(theirs.formattedName);
    }),
  );
});
