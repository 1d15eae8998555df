/** In jest's realm an AbortError of Node's is no Error, and the SDKs take their own timeout for a broken connection. */
export const realmFetch: typeof fetch = (input, init) =>
  fetch(input, init).catch((error: unknown) => {
    const name = error instanceof DOMException ? error.name : "TypeError";
    throw Object.assign(new Error("fetch failed", { cause: error }), { name });
  });
