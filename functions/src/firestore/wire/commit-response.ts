import type { Version } from "../../ledger/plan.ts";
import { protoFields } from "./proto-reader.ts";

/** Numbers of fields in google.firestore.v1: https://cloud.google.com/firestore/docs/reference/rpc */
const RESPONSE = { writeResults: 1, commitTime: 2 } as const;
const RESULT_UPDATE_TIME = 1;
const TIMESTAMP = { seconds: 1, nanos: 2 } as const;

/** At which version each write stands; what a delete leaves has none of its own, and gets the commit's. */
export function decodeVersions(response: Uint8Array): Version[] {
  const versions: (Version | undefined)[] = [];
  let committed: Version = "0.0";
  for (const { number, bytes } of protoFields(response)) {
    if (number === RESPONSE.writeResults) versions.push(updateVersion(bytes));
    else if (number === RESPONSE.commitTime) committed = versionIn(bytes);
  }
  return versions.map((version) => version ?? committed);
}

function updateVersion(result: Uint8Array): Version | undefined {
  for (const { number, bytes } of protoFields(result)) {
    if (number === RESULT_UPDATE_TIME) return versionIn(bytes);
  }
  return undefined;
}

function versionIn(timestamp: Uint8Array): Version {
  let seconds = 0;
  let nanos = 0;
  for (const { number, value } of protoFields(timestamp)) {
    if (number === TIMESTAMP.seconds) seconds = value;
    else if (number === TIMESTAMP.nanos) nanos = value;
  }
  return `${seconds}.${nanos}`;
}
