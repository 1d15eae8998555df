import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  correctionIdOf,
  decodeKey,
  encodeKey,
  entryIdOf,
  hashId,
  holdIdOf,
  payloadHashOf,
  shardOf,
  twinIdOf,
} from "./ids.ts";

const SAFE_KEY = /^[A-Za-z0-9%-]*$/;
/** Texts as they come from outside: whole characters in composed form, which is what the encoding keeps apart. */
const text = fc.string({ unit: "binary", maxLength: 60 }).map((raw) => raw.normalize("NFC"));

describe("encodeKey", () => {
  it.each([
    ["plain-Text-09", "plain-Text-09"],
    ["a_b", "a%5Fb"],
    ["gpt-4.1", "gpt-4%2E1"],
    ["a/b", "a%2Fb"],
    ["..", "%2E%2E"],
    ["__proto__", "%5F%5Fproto%5F%5F"],
    ["__id7__", "%5F%5Fid7%5F%5F"],
    ["*", "%2A"],
    ["~other", "%7Eother"],
    ["100%", "100%25"],
    ["é", "%C3%A9"],
    ["\u0000", "%00"],
    ["", ""],
  ])("writes %j as %s", (raw, key) => {
    expect(encodeKey(raw)).toBe(key);
  });

  it("takes two spellings of one character for the same text", () => {
    expect(encodeKey("e\u0301")).toBe(encodeKey("\u00e9"));
  });

  it("keeps 200 bytes and hashes 201, of the encoded text", () => {
    expect(encodeKey("a".repeat(200))).toBe("a".repeat(200));
    expect(encodeKey("a".repeat(201))).toMatch(/^%hash-[a-z2-7]{26}$/);
    expect(encodeKey(`${"_".repeat(66)}ab`)).toHaveLength(200);
    expect(encodeKey(`${"_".repeat(66)}abc`)).toMatch(/^%hash-/);
    expect(encodeKey("a".repeat(10_000))).not.toBe(encodeKey("a".repeat(10_001)));
  });

  it("gives no text the key of a hash", () => {
    const hashed = encodeKey("a".repeat(201));
    expect(encodeKey(hashed)).not.toBe(hashed);
  });

  it("is safe in an id and in a map for any text, and can be read back", () => {
    fc.assert(
      fc.property(text, (raw) => {
        const key = encodeKey(raw);
        expect(key).toMatch(SAFE_KEY);
        expect(key.length).toBeLessThanOrEqual(200);
        if (!key.startsWith("%hash-")) expect(decodeKey(key)).toBe(raw);
      }),
    );
  });

  it("keeps texts apart, also when they are joined by an underscore", () => {
    const join = (parts: string[]) => parts.map(encodeKey).join("_");
    expect(join(["a_b", "c"])).not.toBe(join(["a", "b_c"]));
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1 }),
        fc.array(text, { minLength: 1 }),
        (some, others) => {
          expect(join(some) === join(others)).toBe(JSON.stringify(some) === JSON.stringify(others));
        },
      ),
    );
  });
});

describe("decodeKey", () => {
  it("leaves a hashed key as it is", () => {
    expect(decodeKey("%hash-abc")).toBe("%hash-abc");
  });
});

describe("hashId", () => {
  it("is the first 26 characters of base32 of sha256 over the JSON array", () => {
    // printf '["user:u1","r1",1]' | sha256sum | xxd -r -p | base32 | tr A-Z a-z | cut -c1-26
    expect(entryIdOf("user:u1", "r1", 1)).toBe("g2glhct2g7umxeeizzswc67r7t");
    // printf '["user:u1","r1"]'
    expect(holdIdOf("user:u1", "r1")).toBe("e4d3hqrftp2rrukmjrhnt4y2fq");
  });

  it("tells apart what only looks alike", () => {
    const ids = [
      hashId("a", "b"),
      hashId("ab"),
      hashId("a,b"),
      hashId("a", "b", ""),
      hashId("b", "a"),
      hashId("1"),
      hashId(1),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("gives attempts, corrections and twins of one request ids of their own", () => {
    const entryId = entryIdOf("user:u1", "r1", 1);
    const ids = [
      entryId,
      entryIdOf("user:u1", "r1", 2),
      entryIdOf("key:u1", "r1", 1),
      holdIdOf("user:u1", "r1"),
      correctionIdOf(entryId, 1),
      correctionIdOf(entryId, 2),
      twinIdOf(entryId, "nonce"),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z2-7]{26}$/);
  });
});

describe("shardOf", () => {
  it("stays below the count", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 64 }), (id, count) => {
        const shard = shardOf(id, count);
        expect(Number.isInteger(shard) && shard >= 0 && shard < count).toBe(true);
      }),
    );
  });

  it("spreads ids evenly", () => {
    const perShard = new Array<number>(16).fill(0);
    for (let n = 0; n < 16_000; n += 1) {
      const shard = shardOf(hashId("spread", n), 16);
      perShard[shard] = (perShard[shard] ?? 0) + 1;
    }
    // 1 000 each would be even; six standard deviations (31 each) either way
    for (const count of perShard) expect(Math.abs(count - 1_000)).toBeLessThan(190);
  });
});

describe("payloadHashOf", () => {
  it("does not depend on the order of keys, at any depth", () => {
    expect(payloadHashOf({ a: 1, b: { c: [{ d: 1, e: 2 }], f: null } })).toBe(
      payloadHashOf({ b: { f: null, c: [{ e: 2, d: 1 }] }, a: 1 }),
    );
  });

  it("takes an absent field and an undefined one for the same", () => {
    expect(payloadHashOf({ a: 1, b: undefined })).toBe(payloadHashOf({ a: 1 }));
  });

  it.each([
    ["the order of an array", [1, 2], [2, 1]],
    ["a number and its text", { a: 1 }, { a: "1" }],
    ["null and absent", { a: null }, {}],
    ["an own __proto__ and none", JSON.parse('{"__proto__":{"a":1}}'), {}],
    ["nested and flat", { a: { b: 1 } }, { "a.b": 1 }],
  ])("tells apart %s", (_what, one, other) => {
    expect(payloadHashOf(one)).not.toBe(payloadHashOf(other));
  });

  it("is the same exactly when the payload is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const shuffled = JSON.parse(JSON.stringify(one));
        expect(payloadHashOf(shuffled)).toBe(payloadHashOf(one));
        if (payloadHashOf(one) === payloadHashOf(other)) {
          expect(JSON.parse(JSON.stringify(one))).toEqual(JSON.parse(JSON.stringify(other)));
        }
      }),
    );
  });
});
