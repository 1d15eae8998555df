import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, jest } from "@jest/globals";
import { encodeSettlement } from "../../functions/src/ledger/overflow.ts";
import { sampleDraft, sampleHold } from "../../functions/src/ledger/testing/sample-call.ts";
import { runQuietly } from "../../tools/setup/commands.mjs";
import { ROOT } from "../../tools/setup/paths.mjs";
import { ownProject } from "../e2e/harness/own-project.ts";
import { find } from "../e2e/harness/store.ts";

jest.setTimeout(120_000);

const COMMAND = join(ROOT, "functions", "src", "entrypoints", "commands", "replay.ts");
const folder = mkdtempSync(join(tmpdir(), "tollgate-replay-"));
const { project } = ownProject("replay");
const NOW_MS = Date.now();

afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly code: number;
  readonly output: string;
}

/** As people run it, with whatever parameters the functions' own file has. */
function replay(
  args: readonly string[],
  env: Record<string, string | undefined> = {},
): Promise<Run> {
  const nobodys = { GCLOUD_PROJECT: undefined, GOOGLE_CLOUD_PROJECT: undefined };
  const unset = { DAY_SHARDS: undefined, DATABASE_ID: undefined };
  return runQuietly("node", [COMMAND, ...args], {
    env: { ...process.env, ...nobodys, ...unset, ...env },
  });
}

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The line of one call of 30 000 nanoUSD, so long ago. */
function lineOf(requestId: string, daysAgo = 0): string {
  const startedAtMs = NOW_MS - daysAgo * 86_400_000;
  const hold = sampleHold({ requestId, nonce: `nonce of ${requestId}`, startedAtMs });
  const entries = [sampleDraft(hold, { input: 10, output: 5 })];
  const unsettled = encodeSettlement({ entries, holdId: hold.holdId, hold: null });
  const message = "Entries were not written to the ledger";
  return JSON.stringify({ severity: "ERROR", message, unsettled, because: "a test" });
}

const entries = () => find("usage_tracking", {}, { project });

describe("npm run replay", () => {
  it("says first what it would do, and then does it, once", async () => {
    const lines = [lineOf("r1"), "Serving function...", `>  ${lineOf("r2")}`, lineOf("r1")];
    const file = fileOf("framework.log", `${lines.join("\n")}\n`);

    const dry = await replay([file, "--dry-run", "--project", project]);
    expect(dry.output).toContain("to restore");
    expect(dry.output).toContain("Nothing was written: this was a dry run.");
    expect(await entries()).toEqual([]);

    const first = await replay([file, "--project", project]);
    expect(first.output).toContain(`Ledger of project ${project} in the Firestore emulator at`);
    expect(first.output).toContain(
      "3 settlements: 2 restored, 1 there already, 0 refused, 0 failed; other lines passed over: 1.",
    );
    const second = await replay([file], { GCLOUD_PROJECT: project });
    expect(second.output).toContain("3 settlements: 0 restored, 3 there already");
    expect([dry.code, first.code, second.code]).toEqual([0, 0, 0]);

    const stored = await entries();
    expect(stored.map(({ fields }) => fields.requestId).sort()).toEqual(["r1", "r2"]);
    expect(stored.map(({ fields }) => fields.costNanoUsd)).toEqual([30_000, 30_000]);
    expect(await find("usage_outbox", {}, { project })).toHaveLength(2);
  });

  it("reads what Cloud Logging exports, as a list and from the standard input", async () => {
    const exported = [
      { insertId: "1", severity: "ERROR", jsonPayload: JSON.parse(lineOf("r3")) },
      { insertId: "2", severity: "ERROR", textPayload: lineOf("r4") },
    ];
    const file = fileOf("exported.json", JSON.stringify(exported, null, 2));
    const { code, output } = await runQuietly(
      "sh",
      ["-c", 'node "$1" - --project "$2" < "$3"', "sh", COMMAND, project, file],
      { env: process.env },
    );
    expect(output).toContain("2 settlements: 2 restored");
    expect(code).toBe(0);
  });

  it("books what comes more than 7 days late on today, with the day that it was of", async () => {
    const file = fileOf("late.log", lineOf("late", 9));
    expect((await replay([file, "--project", project])).code).toBe(0);
    const [late] = (await entries()).filter(({ fields }) => fields.requestId === "late");
    const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
    expect(late?.fields).toMatchObject({
      costNanoUsd: 30_000,
      day: day(Date.now()),
      originalDay: day(NOW_MS - 9 * 86_400_000),
      startedAt: new Date(NOW_MS - 9 * 86_400_000),
    });
  });

  it("refuses what is older than the ledger keeps entries, and tells so", async () => {
    const file = fileOf("old.log", [lineOf("old", 500), lineOf("r5")].join("\n"));
    const { code, output } = await replay([file, "--project", project]);
    expect(output).toContain("2 settlements: 1 restored, 0 there already, 1 refused");
    expect(output).toMatch(/line 1: the ledger keeps it until .* only/);
    expect(code).toBe(1);
  });

  it("says that there is no such file", async () => {
    const { code, output } = await replay([join(folder, "none.log"), "--project", project]);
    expect(output).toContain("Not done: ENOENT");
    expect(code).toBe(1);
  });

  it.each([[[]], [["a.log", "b.log"]], [["a.log", "--force"]]])(
    "shows how it is used for %j",
    async (args) => {
      const { code, output } = await replay(args);
      expect(output).toContain("Usage: npm run replay -- FILE [--dry-run] [--project PROJECT_ID]");
      expect(code).toBe(2);
    },
  );

  it("brings thousands of lines in with little memory", async () => {
    const lines = Array.from({ length: 1_200 }, (_, n) => lineOf(`many-${n}`));
    const file = fileOf("many.log", lines.join("\n"));
    const before = (await entries()).length;
    const { code, output } = await replay([file, "--project", project], {
      NODE_OPTIONS: "--max-old-space-size=96",
    });
    expect(output).toContain("1000 read, 1000 restored, 0 there already ...");
    expect(output).toContain("1200 settlements: 1200 restored, 0 there already");
    expect(code).toBe(0);
    expect(await entries()).toHaveLength(before + 1_200);
  });
});
