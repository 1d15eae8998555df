import { type DocumentSnapshot, type Firestore, Timestamp } from "@google-cloud/firestore";
import type { DocumentKey, Fields, Snapshot, Version } from "../ledger/plan.ts";

/** Stored data as the rooms know it: Timestamps become Dates, at any depth. */
export function fromFirestore(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate();
  if (Array.isArray(value)) return value.map(fromFirestore);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fromFirestore(inner)]),
  );
}

export function fieldsOf(snapshot: DocumentSnapshot): Fields {
  return fromFirestore(snapshot.data()) as Fields;
}

export function snapshotOf(snapshot: DocumentSnapshot): Snapshot | undefined {
  if (!snapshot.exists || !snapshot.updateTime) return undefined;
  return { fields: fieldsOf(snapshot), version: versionOf(snapshot.updateTime) };
}

export function refOf(db: Firestore, { collection, id }: DocumentKey) {
  return db.collection(collection).doc(id);
}

/** An update time with its nanoseconds, which a Date would lose. */
export function versionOf(time: Timestamp): Version {
  return `${time.seconds}.${time.nanoseconds}`;
}

export function timestampOf(version: Version): Timestamp {
  const [seconds, nanoseconds] = version.split(".").map(Number);
  return new Timestamp(seconds as number, nanoseconds as number);
}
