import type { GoogleAuth, grpc } from "google-gax";
import { KEEPALIVE } from "../keepalive.ts";

/** Which database, and where. */
export interface DatabaseAddress {
  readonly projectId: string;
  readonly databaseId: string;
  /** "host:port" of an emulator, which takes anybody for its owner; undefined for Google's own. */
  readonly emulatorHost: string | undefined;
}

/** An open channel to Firestore, and what every request carries. */
export interface Connection {
  readonly client: grpc.Client;
  readonly metadata: grpc.Metadata;
}

const PRODUCTION = "firestore.googleapis.com:443";
const SCOPES = ["https://www.googleapis.com/auth/datastore"];
/**
 * As the SDK sets them: messages have no bound but Firestore's own, a lost connection is soon sought again, and each
 * channel has connections of its own, so that a new one is not led over the dead connection of the last.
 */
const CHANNEL_OPTIONS = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc.initial_reconnect_backoff_ms": 1_000,
  "grpc.service_config_disable_resolution": 1,
  "grpc.use_local_subchannel_pool": 1,
  ...KEEPALIVE,
};

/** "projects/P/databases/D" */
export function databaseName({ projectId, databaseId }: DatabaseAddress): string {
  return `projects/${projectId}/databases/${databaseId}`;
}

/** Opens a channel with the credentials of the place where this runs. gRPC is loaded here: not all need it. */
export async function connect(address: DatabaseAddress): Promise<Connection> {
  const { grpc, GoogleAuth } = await import("google-gax");
  const database = databaseName(address);
  const metadata = new grpc.Metadata();
  metadata.set("google-cloud-resource-prefix", database);
  metadata.set("x-goog-request-params", `database=${encodeURIComponent(database)}`);
  if (address.emulatorHost !== undefined) {
    metadata.set("authorization", "Bearer owner");
    const insecure = grpc.credentials.createInsecure();
    return { client: new grpc.Client(address.emulatorHost, insecure, CHANNEL_OPTIONS), metadata };
  }
  const auth = new GoogleAuth({ scopes: SCOPES, projectId: address.projectId });
  const credentials = grpc.credentials.combineChannelCredentials(
    grpc.credentials.createSsl(),
    grpc.credentials.createFromMetadataGenerator(({ service_url: url }, done) => {
      tokenMetadata(auth, new grpc.Metadata(), url).then(
        (token) => done(null, token),
        (cause: Error) => done(cause),
      );
    }),
  );
  return { client: new grpc.Client(PRODUCTION, credentials, CHANNEL_OPTIONS), metadata };
}

/** gRPC's own form of this does not know the headers that the auth library gives. */
async function tokenMetadata(
  auth: GoogleAuth,
  metadata: grpc.Metadata,
  url: string,
): Promise<grpc.Metadata> {
  const headers = await auth.getRequestHeaders(url);
  for (const [name, value] of headers) metadata.set(name, value);
  return metadata;
}
