import { type FirebaseApp, initializeApp } from "firebase/app";
import { type Auth, connectAuthEmulator, getAuth, signInWithEmailAndPassword } from "firebase/auth";
import {
  connectFunctionsEmulator,
  type Functions,
  getFunctions,
  httpsCallable,
} from "firebase/functions";
import type { Addresses } from "./addresses.ts";
import type { Person } from "./samples/samples.ts";

/** A web app in which one person is signed in, with nothing but the Firebase client SDK. */
export interface FrontEnd {
  readonly person: Person;
  readonly uid: string;
  call<Response>(door: string, data: object): Promise<Response>;
  stream<Response, Chunk>(
    door: string,
    data: object,
    onChunk: (chunk: Chunk) => void,
  ): Promise<Response>;
  idToken(): Promise<string>;
}

export async function signIn(person: Person, addresses: Addresses): Promise<FrontEnd> {
  // The key of a real project would be its own; the emulator takes any.
  const options = { apiKey: "demo", projectId: addresses.projectId };
  const app = initializeApp(options, person.email);
  const { user } = await signInWithEmailAndPassword(
    authOf(app, addresses),
    person.email,
    person.password,
  );
  const functions = functionsOf(app, addresses);
  return {
    person,
    uid: user.uid,
    async call<Response>(door: string, data: object) {
      return (await httpsCallable<object, Response>(functions, door)(data)).data;
    },
    stream: (door, data, onChunk) => streamed(functions, door, data, onChunk),
    idToken: () => user.getIdToken(),
  };
}

async function streamed<Response, Chunk>(
  functions: Functions,
  door: string,
  request: object,
  onChunk: (chunk: Chunk) => void,
): Promise<Response> {
  const callable = httpsCallable<object, Response, Chunk>(functions, door);
  const { stream, data } = await callable.stream(request);
  // An error ends the stream and rejects the result as well; whoever awaits hears of it once.
  data.catch(() => undefined);
  for await (const chunk of stream) onChunk(chunk);
  return data;
}

function authOf(app: FirebaseApp, { authUrl }: Addresses): Auth {
  const auth = getAuth(app);
  connectAuthEmulator(auth, authUrl, { disableWarnings: true });
  return auth;
}

function functionsOf(app: FirebaseApp, { functionsUrl }: Addresses): Functions {
  const { hostname, port, pathname } = new URL(functionsUrl);
  const functions = getFunctions(app, pathname.split("/").at(-1));
  connectFunctionsEmulator(functions, hostname, Number(port));
  return functions;
}
