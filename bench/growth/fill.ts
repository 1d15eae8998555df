import { randomUUID } from "node:crypto";
import { DAY_MS, monthOf, monthStartMs } from "../../functions/src/core/period.ts";
import { type WireClient, wireClient } from "../../functions/src/firestore/wire/wire-commit.ts";
import { planAggregate } from "../../functions/src/ledger/aggregate.ts";
import type { EntryDraft } from "../../functions/src/ledger/entry.ts";
import type { Outbox } from "../../functions/src/ledger/outbox.ts";
import type { Write } from "../../functions/src/ledger/plan.ts";
import { planBooking } from "../../functions/src/ledger/settle.ts";
import { sampleDraft, sampleHold } from "../../functions/src/ledger/testing/sample-call.ts";

const PROJECT = process.env.GCLOUD_PROJECT ?? "";
const SHARDS = 16;
const DEADLINE_MS = 30_000;
/** One user's entries go into one commit, and so do their sums. */
export const ENTRIES_PER_USER = 100;
const SESSIONS_PER_USER = 10;
/** One user's; all of them cover the month. Each day of a commit is up to 16 more documents in the one of its sums. */
const DAYS_PER_USER = 3;
const AT_ONCE = 8;

const MODELS = ["openai/gpt-4.1", "openai/gpt-4o-mini", "openai/gpt-5", "openai/o3"];
const AGENTS = ["planner", "writer", "reviewer", null];
const DEPARTMENTS = ["sales", "support", "research", null];
const PHASES = ["draft", "final", null];

/** Fills a database with this month's entries and their aggregates, all by the ledger's own plans. */
export async function fill(databaseId: string, entries: number): Promise<void> {
  const emulatorHost = process.env.FIRESTORE_EMULATOR_HOST;
  const client = wireClient({ projectId: PROJECT, databaseId, emulatorHost });
  const users = entries / ENTRIES_PER_USER;
  let next = 0;
  const worker = async () => {
    while (next < users) {
      next += 1;
      await writeUser(client, next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await client.close();
}

async function writeUser(client: WireClient, user: number): Promise<void> {
  const now = new Date();
  const drafts = Array.from({ length: ENTRIES_PER_USER }, (_, n) => draftOf(user, n, now));
  const writes = planBooking(drafts, [], { now, shards: SHARDS, randomId: randomUUID });
  await commit(client, writes);
  for (const write of writes) {
    if (write.kind !== "create" || write.doc.collection !== "usage_outbox") continue;
    const { targets } = write.fields as unknown as Outbox;
    await commit(client, planAggregate(write.doc.id, targets, now));
  }
}

/** Spread over the days of the month so far, over models, agents and departments. */
function draftOf(user: number, n: number, now: Date): EntryDraft {
  const monthMs = monthStartMs(monthOf(now.getTime()));
  const days = Math.floor((now.getTime() - monthMs) / DAY_MS) + 1;
  const day = (user * DAYS_PER_USER + (n % DAYS_PER_USER)) % days;
  const startedAtMs = Math.min(monthMs + day * DAY_MS + n * 60_000, now.getTime() - 1_000);
  const hold = sampleHold({
    requestId: randomUUID(),
    nonce: randomUUID(),
    startedAtMs,
    attribution: {
      userId: userId(user),
      sessionId: `session-${n % SESSIONS_PER_USER}`,
      orgId: `org-${user % 3}`,
      department: pick(DEPARTMENTS, user),
      agent: pick(AGENTS, n),
      phase: pick(PHASES, n),
    },
  });
  return { ...sampleDraft(hold, { input: 500 + user, output: 100 + n }), model: pick(MODELS, n) };
}

export function userId(user: number): string {
  return `user-${user}`;
}

function pick<T>(items: readonly T[], index: number): T {
  return items[index % items.length] as T;
}

async function commit(client: WireClient, writes: readonly Write[]): Promise<void> {
  const outcome = await client.commit(writes, DEADLINE_MS);
  if (outcome.status !== "done") throw new Error("entries were not written", outcome);
}
