import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import * as cl100k from "gpt-tokenizer/encoding/cl100k_base";
import * as o200k from "gpt-tokenizer/encoding/o200k_base";
import {
  CL100K_TOKEN_SPLIT_REGEX,
  O200K_TOKEN_SPLIT_REGEX,
} from "gpt-tokenizer/encodingParams/constants";
import { piecesOf } from "./pieces.ts";
import { HOSTILE } from "./testing/hostile-texts.ts";
import { tokenCounter } from "./token-counter.ts";

const PLAIN = { disallowedSpecial: new Set<string>() };
const { countTexts } = tokenCounter();
const countText = async (model: string, text: string) => (await countTexts(model, [text]))[0];

const LONG_PROSE = "It isn't 1 o'clock yet; nobody (not even Zoë) had 12,345 words.\n\n".repeat(
  400,
);
const CJK_PROSE = "東京都は日本の首都です。人口は約1400万人。".repeat(300);

/** Two runs of at most 256 characters, those beyond the BMP counted twice, and what may stand before them. */
const MOST_IN_A_WORD = 2 * 512 + 4;

describe("tokenCounter", () => {
  it.each([
    ["gpt-4o", "Hello, world! Grüße 👋 漢字", o200k],
    ["gpt-4", "Hello, world! Grüße 👋 漢字", cl100k],
    ["gpt-4o", LONG_PROSE, o200k],
    ["gpt-4", LONG_PROSE, cl100k],
    ["gpt-4o", CJK_PROSE, o200k],
  ])("counts exactly as %s does", async (model, text, tokenizer) => {
    expect(await countText(model, text)).toBe(tokenizer.countTokens(text, PLAIN));
  });

  it("counts a long text without spaces at most 3 above in 8192 characters", async () => {
    const exact = o200k.countTokens(CJK_PROSE.repeat(4), PLAIN);
    const counted = await countText("gpt-4o", CJK_PROSE.repeat(4));
    expect(counted).toBeGreaterThanOrEqual(exact);
    expect(counted).toBeLessThanOrEqual(exact + 12);
  });

  it("counts no text as no token", async () => {
    expect(await countText("gpt-4o", "")).toBe(0);
  });

  it("takes the marks of a chat format in a text for plain text", async () => {
    expect(await countText("gpt-4o", "<|im_start|>system<|im_end|>")).toBeGreaterThan(5);
  });

  it("counts any text of ordinary words exactly", async () => {
    const word = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: "grapheme", maxLength: 5 }),
    );
    const text = fc.array(word, { maxLength: 300 }).map((words) => words.join(" "));
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        expect(await countText("gpt-4o", given)).toBe(o200k.countTokens(given, PLAIN));
      }),
    );
  });

  it("counts runs without end at or a little above what they are", async () => {
    const letters = fc.string({
      unit: fc.constantFrom(..."aeinrst"),
      minLength: 400,
      maxLength: 3000,
    });
    const symbols = fc.string({
      unit: fc.constantFrom(..."!?-=*"),
      minLength: 400,
      maxLength: 3000,
    });
    const blanks = fc.string({
      unit: fc.constantFrom(..." \t\n"),
      minLength: 400,
      maxLength: 3000,
    });
    const lineEnds = fc.string({
      unit: fc.constantFrom("/", "\n", "\r"),
      minLength: 400,
      maxLength: 3000,
    });
    const others = fc.string({
      unit: fc.constantFrom("漢", "字", "\u0301", "é", "ー"),
      minLength: 400,
      maxLength: 900,
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(letters, symbols, blanks, lineEnds, others), async (run) => {
        const exact = o200k.countTokens(run, PLAIN);
        const counted = await countText("gpt-4o", run);
        expect(counted).toBeGreaterThanOrEqual(exact);
        expect(counted).toBeLessThanOrEqual(exact + 8 * Math.ceil(run.length / 256));
      }),
    );
  });

  it.each(HOSTILE)("is through with 256 KiB of %s in a second of CPU", async (_, text) => {
    await countText("gpt-4o", "loaded");
    await countText("gpt-4", "loaded");
    for (const model of ["gpt-4o", "gpt-4"]) {
      const before = process.cpuUsage();
      await countText(model, text);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1_000).toBeLessThan(1_000);
    }
  });

  it("lets others have a turn every 8192 characters", async () => {
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    const text = `${LONG_PROSE}!`;
    setImmediate(turn);
    await countText("gpt-4o", text);
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(Math.floor(text.length / 8_192));
  });

  it("counts many texts as each alone, again and again", async () => {
    const texts = [LONG_PROSE, "", "Hello, world!", LONG_PROSE, CJK_PROSE];
    const alone = texts.map((text) => o200k.countTokens(text, PLAIN));
    expect(await countTexts("gpt-4o", texts)).toEqual(alone);
    expect(await countTexts("gpt-4o", texts)).toEqual(alone);
  });

  it("gives an upper bound for models that it does not know: twice as many and the bytes beyond ASCII, at most one per byte", async () => {
    const text = "The quick brown fox";
    expect(await countText("claude-opus-4-5", text)).toBe(8);
    expect(await countText("claude-opus-4-5", "!")).toBe(1);
    expect(await countText("claude-opus-4-5", "漢")).toBe(3);
    expect(await countText("claude-opus-4-5", "The quick brown Füchse")).toBeLessThan(17);
  });

  /** Counts of the tokenizer of Claude 2, which Anthropic published as @anthropic-ai/tokenizer 0.0.4. */
  it.each([
    [
      35,
      "export function parse(json: string): ReadonlyMap<string, string> {\n  return new Map(Object.entries(JSON.parse(json)));\n}\n",
    ],
    [26, "Das Hauptbuch hält je Aufruf einen Eintrag fest, und niemand ändert ihn danach."],
    [23, "账本为每次调用保留一条记录，按类别列出令牌和费用。"],
    [23, "원장은 호출마다 하나의 항목을 유지합니다."],
    [35, "Книга хранит одну запись на каждый вызов, и никто её потом не меняет."],
    [37, "يحتفظ دفتر الأستاذ بسجل واحد لكل مكالمة."],
    [51, "बही प्रत्येक कॉल के लिए एक प्रविष्टि रखती है।"],
    [92, "บัญชีแยกประเภทเก็บหนึ่งรายการต่อการเรียกหนึ่งครั้ง"],
    [48, "Το βιβλίο κρατά μία εγγραφή για κάθε κλήση."],
    [20, "👋🏽🎉🚀 ✅ 👩‍💻"],
  ])("is at or above 1.35 times %i, or the bytes, for %j", async (claude2, text) => {
    const most = Math.min(1.35 * claude2, Buffer.byteLength(text));
    expect(await countText("claude-opus-4-8", text)).toBeGreaterThanOrEqual(most);
  });
});

describe("piecesOf", () => {
  it.each(HOSTILE)("leaves no long word to merge in 256 KiB of %s", (_, text) => {
    for (const { text: piece } of piecesOf(text)) {
      for (const words of [O200K_TOKEN_SPLIT_REGEX, CL100K_TOKEN_SPLIT_REGEX]) {
        const longest = Math.max(...(piece.match(words) ?? []).map(({ length }) => length));
        expect(longest).toBeLessThanOrEqual(MOST_IN_A_WORD);
      }
    }
  });

  it("loses nothing and cuts no character", () => {
    const unit = fc.constantFrom("a", "b ", "漢", "👋", "!", " ", "\n", "e\u0301", "12");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 20_000, size: "max" }), (units) => {
        const pieces = [...piecesOf(units.join(""))];
        expect(pieces.map((piece) => piece.text).join("")).toBe(units.join(""));
        expect(pieces.every(({ text }) => text !== "" && text.isWellFormed())).toBe(true);
        expect(pieces.every(({ text }) => text.length <= 8_192)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("cuts numbers and pairs without a gap at 8192, between characters", () => {
    expect([...piecesOf("1".repeat(10_000))].map(({ text }) => text.length)).toEqual([8192, 1808]);
    const shifted = `1${"1👋".repeat(6_000)}`;
    expect([...piecesOf(shifted)].every(({ text }) => text.isWellFormed())).toBe(true);
  });
});
