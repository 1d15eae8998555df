import { StackError } from "./errors.ts";

/**
 * hidane serves everything to everybody when the rules are missing or do not compile, and says so
 * nowhere that a test would notice. So a stack begins with a write that has to be refused.
 */
export async function proveRulesAreInForce(firestoreUrl: string, project: string): Promise<void> {
  const documents = `${firestoreUrl}/v1/projects/${project}/databases/(default)/documents`;
  const response = await fetch(`${documents}/usage_tracking?documentId=anonymous-probe`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ fields: {} }),
  });
  if (response.status === 403) return;
  throw new StackError(
    `The Firestore emulator let an anonymous write through (status ${response.status}): firestore.rules is missing or does not compile, so everything is served to everybody.`,
  );
}
