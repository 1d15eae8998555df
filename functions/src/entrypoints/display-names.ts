import { signInService } from "./sign-in-service.ts";

/** https://firebase.google.com/docs/auth/admin/manage-users#bulk_retrieve_user_data */
const MAX_PER_CALL = 100;

/** What people are called, by uid; a report without names is still a report, so that a failure gives none. */
export async function displayNames(uids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  try {
    const auth = await signInService();
    for (let at = 0; at < uids.length; at += MAX_PER_CALL) {
      const ids = uids.slice(at, at + MAX_PER_CALL).filter((uid) => uid.length <= 128);
      const { users } = await auth.getUsers(ids.map((uid) => ({ uid })));
      for (const { uid, displayName, email } of users) {
        const name = displayName ?? email;
        if (name !== undefined) names.set(uid, name);
      }
    }
  } catch {
    return names; // the ids are in the report
  }
  return names;
}
