/** Gives the value back when it is what it should be, and else says where it is not. */
export type Check<T> = (value: unknown, at: string) => T;

type Checks<T> = { readonly [K in keyof T]-?: Check<T[K]> };

export const text: Check<string> = (value, at) =>
  typeof value === "string" && value !== "" ? value : refuse(at, "a text", value);

export const flag: Check<boolean> = (value, at) =>
  typeof value === "boolean" ? value : refuse(at, "true or false", value);

export const count: Check<number> = (value, at) =>
  Number.isSafeInteger(value) && Number(value) > 0
    ? Number(value)
    : refuse(at, "a whole number above 0", value);

export const anyObject: Check<Readonly<Record<string, unknown>>> = (value, at) =>
  isObject(value) ? value : refuse(at, "an object", value);

export function literal<const T extends string>(wanted: T): Check<T> {
  return (value, at) => (value === wanted ? wanted : refuse(at, `'${wanted}'`, value));
}

export function list<T>(item: Check<T>): Check<readonly T[]> {
  return (value, at) =>
    Array.isArray(value) && value.length > 0
      ? value.map((each: unknown, index) => item(each, `${at}[${index}]`))
      : refuse(at, "a list with something in it", value);
}

export function recordOf<T>(item: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value, at) =>
    Object.fromEntries(
      Object.entries(anyObject(value, at)).map(([key, each]) => [key, item(each, `${at}.${key}`)]),
    );
}

/**
 * Unknown keys are slips and are refused. Absent ones stay absent instead of `undefined`, which the
 * Firebase client would send as `null`.
 */
export function object<R, O = unknown>(
  required: Checks<R>,
  optional?: Checks<O>,
): Check<R & Partial<O>> {
  const checks = new Map<string, Check<unknown>>(Object.entries({ ...required, ...optional }));
  return (value, at) => {
    const given = anyObject(value, at);
    for (const key of Object.keys(required)) {
      if (!(key in given)) refuse(`${at}.${key}`, "there", undefined);
    }
    const checked = Object.entries(given).map(([key, each]) => {
      const check = checks.get(key) ?? refuse(`${at}.${key}`, "a known field", each);
      return [key, check(each, `${at}.${key}`)];
    });
    return Object.fromEntries(checked) as R & Partial<O>;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(at: string, wanted: string, value: unknown): never {
  throw new TypeError(`${at} should be ${wanted}, not ${JSON.stringify(value)}.`);
}
