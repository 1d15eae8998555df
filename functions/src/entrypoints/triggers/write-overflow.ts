import { onMessagePublished } from "firebase-functions/pubsub";
import { REGION } from "../../config.ts";
import { decodeSettlement, MAX_OVERFLOW_AGE_MS } from "../../ledger/overflow.ts";
import { OVERFLOW_TOPIC } from "../../pubsub/overflow-publisher.ts";
import { logUnsettled } from "../last-resort.ts";
import { systemClock } from "../system-clock.ts";
import { overflowSettler } from "../wiring.ts";

const OVERDUE = "Firestore has not taken it within 20 hours";

/**
 * Brings to the ledger what Firestore did not take when it was settled. While it still does not, this throws and the
 * message comes again; what repeating cannot cure, or has not cured for 20 h, is logged whole.
 */
export const writeOverflow = onMessagePublished(
  {
    topic: OVERFLOW_TOPIC,
    region: REGION,
    retry: true,
    memory: "256MiB",
    concurrency: 20,
    cpu: 1,
    maxInstances: 20,
    timeoutSeconds: 60,
  },
  async ({ data: { message }, time }) => {
    const text = Buffer.from(message.data, "base64").toString("utf8");
    const decoded = decodeSettlement(text);
    if ("problem" in decoded) return logUnsettled(text, decoded.problem);
    const ageMs = systemClock.nowMs() - Date.parse(message.publishTime || time);
    if (ageMs > MAX_OVERFLOW_AGE_MS) return logUnsettled(text, OVERDUE);
    await overflowSettler().settleAlone(decoded.settlement);
  },
);
