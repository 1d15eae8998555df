import type { RulesTestEnvironment } from "@firebase/rules-unit-testing";
import type { Firestore } from "firebase/firestore";

interface Person {
  readonly uid: string;
  readonly claims: Record<string, unknown>;
}

/** Everyone who asks in these tests. `null` has no token at all. */
export const PEOPLE = {
  anonymous: null,
  owner: { uid: "owner", claims: { department: "research" } },
  other: { uid: "other", claims: { department: "research" } },
  admin: { uid: "admin", claims: { admin: true } },
  service: { uid: "service", claims: { service: true } },
  fakeAdmin: { uid: "fake-admin", claims: { admin: "true", role: "admin", isAdmin: true } },
} satisfies Record<string, Person | null>;

export type Who = keyof typeof PEOPLE;

export const EVERYONE = Object.keys(PEOPLE) as Who[];

/** Somebody without a token asks by a name of their own choice. */
export function uidOf(who: Who): string {
  return PEOPLE[who]?.uid ?? "anonymous";
}

export function firestoreOf(environment: RulesTestEnvironment, who: Who): Firestore {
  const person: Person | null = PEOPLE[who];
  return person === null
    ? modular(environment.unauthenticatedContext())
    : firestoreWithToken(environment, person.uid, person.claims);
}

export function firestoreWithToken(
  environment: RulesTestEnvironment,
  uid: string,
  claims: Record<string, unknown>,
): Firestore {
  return modular(environment.authenticatedContext(uid, claims));
}

/**
 * A context hands out the compat class. The modular functions unwrap it, their types do not know.
 * Ask once per context: a second time would connect a running client to the emulator again.
 */
export function modular(context: { firestore(): unknown }): Firestore {
  return context.firestore() as Firestore;
}
