import type { Addresses } from "./addresses.ts";
import { type FrontEnd, signIn } from "./front-end.ts";
import type { Person } from "./samples/samples.ts";

/** Everyone who takes part, each signed in in a front end of their own. */
export interface People {
  readonly all: readonly FrontEnd[];
  readonly admin: FrontEnd;
  /** @throws TypeError when nobody has this address */
  byEmail(email: string): FrontEnd;
  /** The id itself where it is nobody's. */
  nameOf(uid: string): string;
}

/** Makes the accounts, as an administrator of the project would, and signs everyone in. */
export async function signInAll(people: readonly Person[], addresses: Addresses): Promise<People> {
  const all = await Promise.all(
    people.map(async (person) => {
      await createAccount(person, addresses);
      return signIn(person, addresses);
    }),
  );
  return peopleOf(all);
}

export function peopleOf(all: readonly FrontEnd[]): People {
  const find = (what: string, is: (person: Person) => boolean): FrontEnd => {
    const found = all.find(({ person }) => is(person));
    if (!found) throw new TypeError(`None of the sample people is ${what}.`);
    return found;
  };
  return {
    all,
    admin: find("an administrator", ({ admin }) => admin === true),
    byEmail: (wanted) => find(wanted, ({ email }) => email === wanted),
    nameOf: (uid) => all.find((each) => each.uid === uid)?.person.displayName ?? uid,
  };
}

/** What Tollgate believes of a user, since only the project can write it into a token. */
export function claimsOf({ admin, department, orgId }: Person): Readonly<Record<string, unknown>> {
  return { ...(admin && { admin }), department, orgId };
}

/** The emulator's own API, https://cloud.google.com/identity-platform/docs/reference/rest/v1/projects.accounts */
async function createAccount(person: Person, addresses: Addresses): Promise<void> {
  const { email, password, displayName } = person;
  const created = await post(addresses, "", { email, password, displayName, emailVerified: true });
  await post(addresses, ":update", {
    localId: created.localId,
    customAttributes: JSON.stringify(claimsOf(person)),
  });
}

async function post(
  { authUrl, projectId }: Addresses,
  method: string,
  body: object,
): Promise<{ localId: string }> {
  const url = `${authUrl}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts${method}`;
  const headers = { authorization: "Bearer owner", "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`The auth emulator answers ${await response.text()}`);
  return (await response.json()) as { localId: string };
}
