import { describe, expect, it } from "@jest/globals";
import { readRules } from "./rules-environment.ts";

interface Verdict {
  readonly status: number;
  readonly issues: { readonly description: string }[];
}

/** Compiles rules for a project that nobody else uses, and tells what the compiler says. */
async function compile(rules: string): Promise<Verdict> {
  const project = "demo-tollgate-rules-lint";
  const url = `http://${process.env.FIRESTORE_EMULATOR_HOST}/emulator/v1/projects/${project}:securityRules`;
  const files = [{ name: "firestore.rules", content: rules }];
  const answer = await fetch(url, { method: "PUT", body: JSON.stringify({ rules: { files } }) });
  const { issues = [] } = (await answer.json()) as Partial<Verdict>;
  return { status: answer.status, issues };
}

describe("firestore.rules", () => {
  it("compile without an issue", async () => {
    expect(await compile(await readRules())).toEqual({ status: 200, issues: [] });
  });

  it("would be reported if a function were left unused", async () => {
    const rules = await readRules();
    const unused = "function unused() { return true; }";
    const { issues } = await compile(rules.replace("function signedIn()", `${unused}\n$&`));
    expect(issues).toMatchObject([{ description: "Unused function: unused." }]);
  });

  it("would be refused if they did not compile", async () => {
    expect((await compile(`${await readRules()}}`)).status).toBe(400);
  });
});
