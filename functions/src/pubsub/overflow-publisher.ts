import type { ClientConfig, Topic } from "@google-cloud/pubsub";
import type { Clock } from "../core/clock.ts";

/** Settlements on their way to the ledger that Firestore did not take at once. */
export const OVERFLOW_TOPIC = "usage-overflow";

/** https://grpc.io/docs/guides/status-codes/: what may be over within the deadline. */
const TRANSIENT_CODES = [4, 8, 10, 13, 14];

const RETRY_DELAY_MS = 100;
/** After an outage the client would try to connect every two minutes only. */
const MAX_RECONNECT_MS = 2_000;

export interface OverflowPublisher {
  /** @throws unless Pub/Sub has taken the text within the deadline; it may have taken it all the same */
  publish(text: string): Promise<void>;
}

/** Publishes settlements that Firestore did not take. The topic is made by the deploy of `writeOverflow`. */
export function pubsubOverflow(
  projectId: string,
  clock: Clock,
  deadlineMs: number,
): OverflowPublisher {
  let opening: Promise<Topic> | undefined;
  return {
    async publish(text) {
      const { promise: late, reject } = Promise.withResolvers<never>();
      const cancel = clock.schedule(deadlineMs, () =>
        reject(new Error(`no answer within ${deadlineMs} ms`)),
      );
      opening ??= openTopic(projectId, deadlineMs);
      const published = opening.then((topic) => topic.publishMessage({ data: Buffer.from(text) }));
      try {
        await Promise.race([published, late]);
      } finally {
        cancel();
      }
    },
  };
}

/** Loads the client at the first failure: it takes a quarter of a second, and hardly any instance ever needs it. */
async function openTopic(projectId: string, deadlineMs: number): Promise<Topic> {
  const { PubSub } = await import("@google-cloud/pubsub");
  const channel = { "grpc.max_reconnect_backoff_ms": MAX_RECONNECT_MS };
  const config: ClientConfig = { projectId, ...channel };
  return new PubSub(config).topic(OVERFLOW_TOPIC, {
    batching: { maxMilliseconds: 0 },
    gaxOpts: {
      retry: {
        retryCodes: TRANSIENT_CODES,
        backoffSettings: {
          initialRetryDelayMillis: RETRY_DELAY_MS,
          retryDelayMultiplier: 2,
          maxRetryDelayMillis: deadlineMs,
          initialRpcTimeoutMillis: deadlineMs,
          rpcTimeoutMultiplier: 1,
          maxRpcTimeoutMillis: deadlineMs,
          totalTimeoutMillis: deadlineMs,
        },
      },
    },
  });
}
