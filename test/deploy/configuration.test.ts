import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { findFirebaseTools } from "../../tools/setup/firebase-tools.mjs";
import { ROOT } from "../../tools/setup/paths.mjs";
import { packageOf } from "./firebase-package.ts";

const script = findFirebaseTools(process.env);
const describeWithTools = script === undefined ? describe.skip : describe;

/** firebase-tools is CommonJS of its own, which has no business in jest's registry. */
function inFirebaseTools(program: string, file: string): string {
  const args = ["-e", program, packageOf(String(script)), join(ROOT, file)];
  return execFileSync("node", args, { encoding: "utf8" }).trim();
}

describeWithTools("firebase-tools' own judgement", () => {
  it("finds nothing in firebase.json that its schema does not know", () => {
    const program = `
      const [, folder, file] = process.argv;
      const validate = require(folder + "/lib/firebaseConfigValidate.js").getValidator();
      validate(require(file));
      console.log(JSON.stringify(validate.errors));`;
    expect(inFirebaseTools(program, "firebase.json")).toBe("null");
  });

  it("takes firestore.indexes.json as a specification of indexes", () => {
    const program = `
      const [, folder, file] = process.argv;
      const { FirestoreApi } = require(folder + "/lib/firestore/api.js");
      new FirestoreApi().validateSpec(require(file));
      console.log("valid");`;
    expect(inFirebaseTools(program, "firestore.indexes.json")).toBe("valid");
  });
});
