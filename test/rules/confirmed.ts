import {
  type DocumentReference,
  type DocumentSnapshot,
  onSnapshot,
  type Query,
  type QuerySnapshot,
  type SnapshotMetadata,
  type Unsubscribe,
} from "firebase/firestore";

/** Without it a snapshot that only goes from cached to confirmed would not be delivered. */
const TELL_METADATA = { includeMetadataChanges: true };

/** The first state of a listener's document that `wanted` accepts, as the server confirms it. */
export function listenToDocument(
  reference: DocumentReference,
  wanted: (snapshot: DocumentSnapshot) => boolean = () => true,
): Promise<DocumentSnapshot> {
  return confirmed(wanted, (next, fail) => onSnapshot(reference, TELL_METADATA, next, fail));
}

/** The first state of a listener's query that the server confirms. */
export function listenToQuery(query: Query): Promise<QuerySnapshot> {
  return confirmed(
    () => true,
    (next, fail) => onSnapshot(query, TELL_METADATA, next, fail),
  );
}

/**
 * A listener may show what it has cached, which is often nothing, before the refusal comes. Only a
 * snapshot from the server says that the rules let it listen.
 */
function confirmed<S extends { readonly metadata: SnapshotMetadata }>(
  wanted: (snapshot: S) => boolean,
  subscribe: (next: (snapshot: S) => void, fail: (error: Error) => void) => Unsubscribe,
): Promise<S> {
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  const stop = subscribe((snapshot) => {
    if (!snapshot.metadata.fromCache && wanted(snapshot)) resolve(snapshot);
  }, reject);
  return promise.finally(stop);
}
