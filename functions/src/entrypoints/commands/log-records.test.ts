import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type LogRecord, recordsIn } from "./log-records.ts";

const TRICKY = { text: 'a "quoted" } { \\ brace\n', list: [{ inner: "}]" }], none: null };

describe("recordsIn", () => {
  it.each<[string, (texts: readonly string[]) => string]>([
    ["one to a line", (texts) => texts.join("\n")],
    ["one to a line, the last one ended", (texts) => `${texts.join("\n")}\n`],
    ["a list on one line", (texts) => `[${texts.join(",")}]`],
    ["a list as gcloud prints it", (texts) => JSON.stringify(parsed(texts), null, 2)],
    ["values that span lines", (texts) => parsed(texts).map(pretty).join("\n")],
  ])("finds records: %s", async (_, form) => {
    const values = [{ a: 1 }, TRICKY, { b: { c: {} } }];
    const records = await all(form(values.map((value) => JSON.stringify(value))), 7);
    expect(records.map(({ text }) => JSON.parse(text))).toEqual(values);
  });

  it("says on which line a record begins", async () => {
    expect(await all('{"a":1}\n\n{"b":2}')).toEqual([
      { line: 1, text: '{"a":1}' },
      { line: 2, text: "" },
      { line: 3, text: '{"b":2}' },
    ]);
    const list = await all('[\n  {\n    "a": 1\n  },\n  {}\n]\n');
    expect(list.map(({ line }) => line)).toEqual([2, 5]);
  });

  it("passes lines of other kinds on, whatever braces they hold", async () => {
    const lines = ["Serving function...", "at f() {", '{"a":1}', '}}} "', '>  {"b":2}'];
    expect((await all(lines.join("\n"))).map(({ text }) => text)).toEqual(lines);
  });

  it("finds what is cut off at the end", async () => {
    expect(await all('[{"a":1},\n{"unsettled":"')).toEqual([
      { line: 1, text: '{"a":1}' },
      { line: 2, text: '{"unsettled":"' },
    ]);
  });

  it.each(["", "\n\n", "[]", "[\n]\n", "  "])("finds nothing to read in %j", async (text) => {
    const records = await all(text);
    expect(records.filter((record) => record.text.includes("{"))).toEqual([]);
  });

  it("finds the same wherever the file is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(undefined, 2),
        fc.integer({ min: 1, max: 50 }),
        async (values, indent, size) => {
          const records = await all(JSON.stringify(values, null, indent), size);
          expect(records.map(({ text }) => text)).toEqual(
            indent ? expect.any(Array) : values.map((value) => JSON.stringify(value)),
          );
          expect(records.map(({ text }) => JSON.stringify(JSON.parse(text)))).toEqual(
            values.map((value) => JSON.stringify(value)),
          );
        },
      ),
    );
  });

  it("drops a line that is too long for anything of ours, and goes on behind it", async () => {
    const text = `${"x".repeat(9_000_000)}\n{"a":1}\n`;
    expect((await all(text, 1_000_000)).at(-1)?.text).toBe('{"a":1}');
  });

  it("stops at a value that never ends", async () => {
    await expect(all(`[{"a":"${"x".repeat(9_000_000)}`, 1_000_000)).rejects.toThrow("too long");
  });

  it("reads no further than its reader", async () => {
    let given = 0;
    const endless = async function* () {
      for (;;) {
        given += 1;
        yield '{"a":1}\n';
      }
    };
    const records = recordsIn(endless());
    for (let n = 0; n < 10; n += 1) await records.next();
    expect(given).toBeLessThanOrEqual(11);
  });
});

function parsed(texts: readonly string[]): unknown[] {
  return texts.map((text) => JSON.parse(text));
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

async function all(text: string, size = 10_000): Promise<LogRecord[]> {
  const chunks = async function* () {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  };
  const records: LogRecord[] = [];
  for await (const record of recordsIn(chunks())) records.push(record);
  return records;
}
