import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { runQuietly } from "../../tools/setup/commands.mjs";
import { booksOf, expectClosed } from "../faults/harness/books.ts";
import { type Sent, send } from "../faults/harness/load.ts";
import { useScene } from "../faults/harness/scene.ts";
import { call as ask } from "./harness/callable.ts";
import { useOneDay } from "./harness/clock.ts";
import { deliverPublished } from "./harness/events.ts";
import { eventually } from "./harness/eventually.ts";
import { type Served, serveEventFunction } from "./harness/framework.ts";
import { inParallel } from "./harness/parallel.ts";
import { register, unsignedToken } from "./harness/people.ts";
import { type PullLoop, pullLoop } from "./harness/pull-loop.ts";
import { fireServed } from "./harness/schedule.ts";
import { ROOT } from "./harness/stack.ts";
import { find } from "./harness/store.ts";

jest.setTimeout(120_000);
useOneDay(90_000);

const TOPIC = "usage-overflow";
const DIRECT = { FIRESTORE_EMULATOR_HOST: process.env.FIRESTORE_EMULATOR_HOST };
/** 3 s for the ledger, 0.5 s for a last look, 1.5 s for Pub/Sub; the rest is this machine's. */
const BOUND_MS = 5_000;
const SLACK_MS = 1_000;

const scene = useScene({
  name: "overflow",
  processes: 1,
  users: ["ann", "ben"],
  env: { BUDGET_CACHE_SECONDS: "60" },
});
let loop: PullLoop;
/** Reaches Firestore, whatever becomes of the scene's link. */
let writer: Served;
let cutOffWriter: Served;

beforeAll(async () => {
  loop = await pullLoop(scene().project, TOPIC);
  writer = await serveEventFunction("writeOverflow", { ...scene().env, ...DIRECT });
  cutOffWriter = await serveEventFunction("writeOverflow", scene().env);
  await register(scene().project, { localId: "root" });
  const admin = { idToken: unsignedToken("root", { admin: true }, scene().project) };
  const budget = { scope: "user", scopeId: "ben", unit: "usd", window: "month", limitUsd: "5" };
  const url = await scene().doors.url(scene().random);
  await ask("setBudget", { ...admin, url }, { ...budget, enforcement: "block" });
  await Promise.all([call(), call(0, "ben")]); // Load what is loaded at the first call, budgets among it.
});
afterAll(async () => {
  await loop.stop();
  await Promise.all([writer.stop(), cutOffWriter.stop()]);
});
beforeEach(async () => {
  await scene().firestore.pass();
  await scene().pubsub.pass();
});

const folder = mkdtempSync(join(tmpdir(), "tollgate-overflow-"));
afterAll(() => rmSync(folder, { recursive: true }));

const REPLAY = join(ROOT, "functions", "src", "entrypoints", "commands", "replay.ts");
const replay = (file: string) =>
  runQuietly("node", [REPLAY, file, "--project", scene().project], { env: process.env });

let calls = 0;
function call(latencyMs = 0, uid = "ann"): Promise<Sent> {
  calls += 1;
  return send(scene(), calls, { uid, content: `Hello. [sim latency=${latencyMs}]` });
}

const all = (collection: string) => find(collection, {}, { project: scene().project });
const windowsOfBen = async () =>
  (await all("budget_windows")).filter(({ fields }) => fields.scopeId === "ben");
const entriesOfCall = async (requestId: string) =>
  (await all("usage_tracking")).filter(({ fields }) => fields.requestId === requestId);

function idOf({ ending }: Sent): string {
  if (ending.kind !== "answered") throw new Error(JSON.stringify(ending));
  return ending.response.requestId;
}

/** A call during which Firestore begins to fail, once the call's hold is there. */
async function callCutOff(fail: () => Promise<void> | void, uid?: string): Promise<Sent> {
  const sent = call(700, uid);
  await eventually(
    () => all("usage_holds"),
    (holds) => holds.length > 0,
  );
  await fail();
  return sent;
}

/** Everything is where it belongs after care, and every sum is that of the entries. */
async function expectInOrder(): Promise<void> {
  await scene().firestore.pass();
  const url = await scene().doors.url(scene().random);
  await fireServed(url, "careForLedger", 15);
  await fireServed(url, "careForLedger", 20);
  const books = await booksOf(scene().project);
  expectClosed(books);
  expect(books.entries.filter(({ fields }) => fields.status === "expired")).toEqual([]);
}

describe("a call whose entry Firestore does not take", () => {
  it.each([
    ["hears nothing of it", "requests"],
    ["takes it without an answer", "answers"],
  ] as const)(
    "is answered within 5 s and in the ledger once, where Firestore %s",
    async (_, lost) => {
      const before = loop.messages().length;
      const sent = await callCutOff(() => scene().firestore.swallow(lost));
      expect(sent.tookMs).toBeLessThan(700 + BOUND_MS + SLACK_MS);
      const messages = await eventually(
        async () => loop.messages(),
        ({ length }) => length > before,
      );
      expect(messages).toHaveLength(before + 1);
      loop.deliverTo(writer.url, 3);
      await scene().firestore.pass(); // What was on its way now lands beside the three deliveries.
      await eventually(
        async () => loop.waiting(),
        (waiting) => waiting === 0,
      );
      expect(await entriesOfCall(idOf(sent))).toMatchObject([{ fields: { status: "ok" } }]);
      await expectInOrder();
    },
  );

  it("is in the ledger too when it began while nobody listened, and has no hold", async () => {
    await scene().firestore.refuse();
    const sent = await call(100);
    expect(sent.tookMs).toBeLessThan(100 + BOUND_MS + SLACK_MS);
    const id = idOf(sent);
    loop.deliverTo(writer.url);
    await eventually(
      () => entriesOfCall(id),
      (entries) => entries.length === 1,
    );
    await expectInOrder();
    expect(await entriesOfCall(id)).toHaveLength(1);
  });

  it("keeps the bound for 40 at once in one instance, while every answer hangs", async () => {
    scene().firestore.swallow("everything");
    const sent = await inParallel(40, 40, () => call(50));
    expect(Math.max(...sent.map(({ tookMs }) => tookMs))).toBeLessThan(
      50 + BOUND_MS + 2 * SLACK_MS,
    );
    await scene().firestore.pass();
    loop.deliverTo(writer.url, 2);
    const ids = sent.map(idOf);
    const written = await eventually(
      async () => (await all("usage_tracking")).map(({ fields }) => String(fields.requestId)),
      (found) => ids.every((id) => found.includes(id)),
    );
    await eventually(
      async () => loop.waiting(),
      (waiting) => waiting === 0,
    );
    await expectInOrder();
    expect(new Set(written).size).toBe(written.length);
  });

  it("gives back what its hold has taken from a budget that blocks, once", async () => {
    loop.deliverTo("http://127.0.0.1:1"); // Until what is held has been seen.
    const before = loop.messages().length;
    const sent = await callCutOff(() => scene().firestore.swallow("requests"), "ben");
    await eventually(
      async () => loop.messages(),
      ({ length }) => length > before,
    );
    const [during] = await windowsOfBen();
    expect(Number(during?.fields.held)).toBeGreaterThan(0);
    loop.deliverTo(writer.url, 3);
    await scene().firestore.pass();
    await eventually(windowsOfBen, ([window]) => Number(window?.fields.held) === 0);
    await expectInOrder();
    const [after] = await windowsOfBen();
    const spent = Number(after?.fields.spent) - Number(during?.fields.spent ?? 0);
    expect(sent.ending).toMatchObject({ response: { cost: { nanoUsd: spent } } });
  });

  it("waits in Pub/Sub for as long as Firestore takes nothing from there either", async () => {
    loop.deliverTo(cutOffWriter.url);
    await scene().firestore.refuse();
    const id = idOf(await call());
    await eventually(
      async () => loop.statuses().filter((status) => status >= 500),
      ({ length }) => length > 0,
      40_000,
    );
    expect(loop.waiting()).toBe(1);
    await scene().firestore.pass();
    await eventually(
      async () => loop.waiting(),
      (waiting) => waiting === 0,
      40_000,
    );
    expect(await entriesOfCall(id)).toHaveLength(1);
    await expectInOrder();
  });

  it("is in the log whole when Pub/Sub takes nothing either, from where it is replayed", async () => {
    const before = loop.messages().length;
    await scene().firestore.refuse();
    await scene().pubsub.refuse();
    const sent = await Promise.all([call(100), call(100), call(100)]);
    for (const { tookMs } of sent) expect(tookMs).toBeLessThan(100 + BOUND_MS + SLACK_MS);
    const ids = sent.map(idOf);
    const log = join(folder, "functions.log");
    writeFileSync(log, scene().doors.output());
    await scene().doors.killOne(scene().random); // Or its own commits would land after all.
    await scene().firestore.pass();
    await scene().pubsub.pass();
    expect(await Promise.all(ids.map(entriesOfCall))).toEqual([[], [], []]);

    const restored = await replay(log);
    expect(restored.output).toContain("3 settlements: 3 restored, 0 there already");
    const again = await replay(log);
    expect(again.output).toContain("3 settlements: 0 restored, 3 there already");
    expect([restored.code, again.code]).toEqual([0, 0]);
    const entries = (await Promise.all(ids.map(entriesOfCall))).flat();
    const costs = sent.map(
      ({ ending }) => ending.kind === "answered" && ending.response.cost.nanoUsd,
    );
    expect(entries.map(({ fields }) => fields.costNanoUsd)).toEqual(costs);
    expect(loop.messages()).toHaveLength(before);
    await scene().doors.isWhole();
    await expectInOrder();
  });

  it("is corrected to its actual cost when care was there first", async () => {
    loop.deliverTo("http://127.0.0.1:1"); // Eventarc takes its time.
    const sent = await callCutOff(() => scene().firestore.swallow("requests"));
    await scene().doors.killOne(scene().random); // Or its own commit would land after all.
    await scene().doors.isWhole();
    await scene().firestore.pass();
    const url = await scene().doors.url(scene().random);
    await eventually(
      async () => {
        await fireServed(url, "careForLedger", 15);
        return entriesOfCall(idOf(sent));
      },
      (entries) => entries.length === 1,
    );
    loop.deliverTo(writer.url, 3);
    await eventually(
      async () => loop.waiting(),
      (waiting) => waiting === 0,
    );
    const entries = await entriesOfCall(idOf(sent));
    const [guess] = entries.filter(({ fields }) => fields.kind === "call");
    expect(entries).toHaveLength(2);
    expect(new Set(entries.map(({ fields }) => fields.nonce))).toEqual(
      new Set([guess?.fields.nonce]),
    );
    expect(guess?.fields.status).toBe("expired");
    const net = entries.reduce((sum, { fields }) => sum + Number(fields.costNanoUsd), 0);
    expect(sent.ending).toMatchObject({ response: { cost: { nanoUsd: net } } });
  });
});

describe("writeOverflow", () => {
  const deliver = (text: string, publishTime = new Date()) =>
    deliverPublished(writer.url, scene().project, TOPIC, {
      messageId: "1",
      data: Buffer.from(text).toString("base64"),
      attributes: {},
      publishTime: publishTime.toISOString(),
    });

  it.each(["no JSON", '{"schemaVersion":1,"entries":[]}', '{"schemaVersion":9}', ""])(
    "takes %j, which no repetition would cure, and logs it whole",
    async (text) => {
      expect(await deliver(text)).toBeLessThan(300);
      const lines = await eventually(
        async () => errorsIn(writer.output()),
        (errors) => errors.some(({ unsettled }) => unsettled === text),
      );
      expect(lines.at(-1)).toMatchObject({
        severity: "ERROR",
        message: "Entries were not written to the ledger",
        because: expect.any(String),
      });
    },
  );

  it("logs whole what it could not write for 20 hours, and takes it", async () => {
    const [message] = loop.messages();
    const text = Buffer.from(message?.data ?? "", "base64").toString("utf8");
    const entries = (await all("usage_tracking")).length;
    const at = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    expect(await deliver(text, at(19.9))).toBeLessThan(300);
    expect(errorsIn(writer.output()).some(({ unsettled }) => unsettled === text)).toBe(false);
    expect(await deliver(text, at(20.1))).toBeLessThan(300);
    await eventually(
      async () => errorsIn(writer.output()),
      (errors) => errors.some(({ unsettled }) => unsettled === text),
    );
    expect(await all("usage_tracking")).toHaveLength(entries);
  });
});

function errorsIn(output: string): readonly Record<string, unknown>[] {
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line)).filter(({ severity }) => severity === "ERROR");
}
