/**
 * A connection that died without anybody having been told is noticed by pings, sent only while something is asked: after
 * 40 s at the latest what waits on it fails, and the next is asked over a new one. Google's own clients ask as often:
 * https://github.com/firebase/firebase-android-sdk (GrpcCallProvider), https://github.com/googleapis/nodejs-bigtable.
 */
export const KEEPALIVE = {
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
};
