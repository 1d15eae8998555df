import { FIRESTORE_URL } from "./stack.ts";

/** Sets one number of a document by hand, as somebody in the console could. */
export async function damage(
  project: string,
  document: string,
  path: readonly string[],
  value: number,
): Promise<void> {
  const integer = { integerValue: String(value) };
  const fields = path.reduceRight<object>(
    (inner, key, at) => ({
      [key]: at === path.length - 1 ? inner : { mapValue: { fields: inner } },
    }),
    integer,
  );
  const documents = `projects/${project}/databases/(default)/documents`;
  const write = {
    update: { name: `${documents}/${document}`, fields },
    updateMask: { fieldPaths: [path.map((key) => `\`${key}\``).join(".")] },
  };
  const response = await fetch(`${FIRESTORE_URL}/v1/${documents}:commit`, {
    method: "POST",
    headers: { authorization: "Bearer owner", "content-type": "application/json" },
    body: JSON.stringify({ writes: [write] }),
  });
  if (!response.ok) throw new Error(`${document}: ${response.status} ${await response.text()}`);
}
