import type { SimRecord } from "../../../tools/sim-model/records.ts";
import type { ChatUsage } from "../../../tools/sim-model/usage.ts";
import { MODEL_URL } from "./stack.ts";

export type { SimRecord };

/** Takes the model's records from now on; others use the same model, so look for one's own by id. */
export async function recordsFromNow(): Promise<() => Promise<SimRecord[]>> {
  const before = await recordsSince(0);
  const last = before.at(-1)?.seq ?? 0;
  return () => recordsSince(last);
}

/** What the model billed in a chat. */
export function chatUsageOf(record: SimRecord): ChatUsage {
  if (record.usage && "completion_tokens" in record.usage) return record.usage;
  throw new Error(`record ${record.seq} has no usage of a chat`);
}

async function recordsSince(seq: number): Promise<SimRecord[]> {
  const response = await fetch(`${MODEL_URL}/sim/records?since=${seq}`);
  return ((await response.json()) as { records: SimRecord[] }).records;
}
