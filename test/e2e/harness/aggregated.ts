import { eventually } from "./eventually.ts";
import { PROJECT } from "./stack.ts";
import { find, type Stored } from "./store.ts";
import { entriesOf } from "./sums.ts";

/** Outbox documents that hold something of these users. */
export async function pendingOf(userIds: readonly string[], project = PROJECT): Promise<Stored[]> {
  const wanted = new Set(userIds);
  const outbox = await find("usage_outbox", {}, { project });
  return outbox.filter(({ fields }) => usersIn(fields).some((userId) => wanted.has(userId)));
}

/** Waits until everything that these users have in the ledger is in the aggregates, and gives their entries. */
export async function untilAggregated(
  userIds: readonly string[],
  project = PROJECT,
): Promise<Stored[]> {
  await eventually(
    () => pendingOf(userIds, project),
    (pending) => pending.length === 0,
    30_000,
  );
  return (await Promise.all(userIds.map((userId) => entriesOf(userId, { project })))).flat();
}

function usersIn({ targets }: Stored["fields"]): string[] {
  const sets = (targets as { set: { userId?: string } }[]).map(({ set }) => set.userId);
  return sets.filter((userId) => userId !== undefined);
}
