/** As the stack has built them, which is only once it is up. */
const built = new URL("../../../functions/lib/index.js", import.meta.url);

/** @type {Map<string, (request: object, response: object) => unknown>} */
const functions = new Map(Object.entries(await import(built.href)));

/**
 * The deployed HTTP functions in one process, by the first part of the path: what Cloud Run serves in a
 * process each. Given to functions-framework, which treats a request as it does there.
 *
 * @param {{ path: string }} request
 * @param {{ status(code: number): { end(): void } }} response
 */
export function doors(request, response) {
  const door = functions.get(request.path.split("/")[1] ?? "");
  return door ? door(request, response) : response.status(404).end();
}
