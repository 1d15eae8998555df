import { HOST, type Ports } from "./ports.ts";

/** The part of firebase.json that the stack derives from. */
export interface FirebaseJson {
  functions: Record<string, unknown>[];
  firestore: Record<string, unknown>;
}

/**
 * firebase.json as the emulators get it: the deployed one with chosen ports, without the build step
 * (the stack has built) and without the emulators' own page.
 */
export function emulatorConfig(
  base: FirebaseJson,
  ports: Ports,
  withFunctions: boolean,
): Record<string, unknown> {
  const at = (port: number) => ({ host: HOST, port });
  return {
    ...(withFunctions && {
      functions: base.functions.map(({ predeploy: _, ...rest }) => rest),
    }),
    firestore: { rules: base.firestore.rules, indexes: base.firestore.indexes },
    emulators: {
      singleProjectMode: false,
      ...(withFunctions && {
        functions: at(ports.functions),
        eventarc: at(ports.eventarc),
        tasks: at(ports.tasks),
      }),
      auth: at(ports.auth),
      firestore: { ...at(ports.firestore), websocketPort: ports.firestoreWebsocket },
      pubsub: at(ports.pubsub),
      hub: at(ports.hub),
      logging: at(ports.logging),
      ui: { enabled: false },
    },
  };
}
