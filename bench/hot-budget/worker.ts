/**
 * node worker.ts: admits calls against one window, in the way and for as long as a message says, and answers with what
 * came of it. Nothing settles, so that admission alone is measured.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { sampleBudget } from "../../functions/src/budgets/testing/sample-budget.ts";
import { systemClock } from "../../functions/src/entrypoints/system-clock.ts";
import { firestoreLedger } from "../../functions/src/firestore/ledger-store.ts";
import { wireClient } from "../../functions/src/firestore/wire/wire-commit.ts";
import type { AdmissionRequest } from "../../functions/src/ledger/admission.ts";
import { MAX_TRIES } from "../../functions/src/ledger/admission-tries.ts";
import { Admitter } from "../../functions/src/ledger/admitter.ts";
import type { LedgerStore } from "../../functions/src/ledger/port.ts";
import { sampleAdmission } from "../../functions/src/ledger/testing/sample-admission.ts";
import { keepCalling } from "../load.ts";
import { fromFunctions } from "../served/from-functions.ts";
import type { Done, Way, Work } from "./work.ts";

const { Firestore } = fromFunctions("@google-cloud/firestore");
const PROJECT = process.env.GCLOUD_PROJECT ?? "";
const DATABASE = "bench-hot-budget";
const CALLERS = 16;
const SHARDS = 16;
const DEADLINE_MS = 2_000;
/** In nano-dollars: so far away that nobody is refused. */
const LIMIT = 1_000_000_000_000_000;
const GRACE_MS = 1_000;

const db = new Firestore({ projectId: PROJECT, databaseId: DATABASE });
const wire = wireClient({
  projectId: PROJECT,
  databaseId: DATABASE,
  emulatorHost: process.env.FIRESTORE_EMULATOR_HOST,
});
let tries = 0;

/** Whether it was admitted. */
const ADMIT: Record<Way, (request: AdmissionRequest) => Promise<boolean>> = {
  admission: admitBy(firestoreLedger(db, SHARDS, wire.commit)),
  admissionBySdk: admitBy(firestoreLedger(db, SHARDS)),
  runTransaction: (request) =>
    admitInTransaction(request).then(
      () => true,
      () => false,
    ),
};

process.on("message", (work: Work) => {
  void admitFor(work).then((done) => process.send?.(done));
});
process.send?.("ready");

/** Calls that are still under way some time after the end are counted with the time that they have taken so far. */
async function admitFor({ way, scopeId, durationMs }: Work): Promise<Done> {
  tries = 0;
  const open = new Map<number, number>();
  const tookMs: number[] = [];
  let failed = 0;
  const before = process.cpuUsage();
  const working = keepCalling(
    async (index) => {
      const startedMs = performance.now();
      open.set(index, startedMs);
      const isAdmitted = await ADMIT[way](requestFor(scopeId));
      open.delete(index);
      if (isAdmitted) tookMs.push(performance.now() - startedMs);
      else failed += 1;
    },
    CALLERS,
    { durationMs },
  );
  await Promise.race([working, delay(durationMs + GRACE_MS)]);
  const soFarMs = [...open.values()].map((startedMs) => performance.now() - startedMs);
  const { user, system } = process.cpuUsage(before);
  return { tookMs: [...tookMs], soFarMs, failed, tries, cpuMs: (user + system) / 1_000 };
}

/** Tollgate's own admission, whichever client its commits go by. */
function admitBy(store: LedgerStore): (request: AdmissionRequest) => Promise<boolean> {
  const admitter = new Admitter({
    store: {
      ...store,
      commit(writes, deadlineMs) {
        tries += 1;
        return store.commit(writes, deadlineMs);
      },
    },
    clock: systemClock,
    random: Math.random,
    deadlineMs: DEADLINE_MS,
    waitMs: 0,
    mostWaitMs: 0,
    open: () => Promise.reject(new Error("a budget as old as this one has nothing to open")),
  });
  return async (request) => (await admitter.admit(request)).status === "admitted";
}

function requestFor(scopeId: string): AdmissionRequest {
  const since = new Date(0);
  const budget = sampleBudget({
    ...{ scope: "agent", scopeId, unit: "usd", window: "month" },
    ...{ enforcement: "block", limit: LIMIT, since },
  });
  return sampleAdmission({
    requestId: randomUUID(),
    nonce: randomUUID(),
    startedAtMs: Date.now(),
    attribution: { agent: scopeId },
    budgets: [budget],
    inputTokens: 100,
  });
}

/**
 * What one would write without any of this, with the SDK: read the window, compare, write it and the hold. It may try
 * as often as admission does, where Firestore's default is five times.
 */
async function admitInTransaction(request: AdmissionRequest): Promise<void> {
  const move = request.windows[0]?.move;
  const outputTokens = request.output.most;
  const reserved = request.amountsAt(outputTokens);
  const amount = reserved[0] ?? 0;
  const hold = request.holdFor(outputTokens, reserved);
  const window: FirebaseFirestore.DocumentReference = db.doc(`budget_windows/${move?.windowId}`);
  await db.runTransaction(
    async (transaction: FirebaseFirestore.Transaction) => {
      tries += 1;
      const { spent = 0, held = 0 } = (await transaction.get(window)).data() ?? {};
      if (spent + held + amount > LIMIT) throw new Error("over the limit");
      transaction.create(db.doc(`usage_holds/${hold.holdId}`), { ...hold });
      transaction.set(window, { ...move, spent, held: held + amount });
    },
    { maxAttempts: MAX_TRIES },
  );
}
