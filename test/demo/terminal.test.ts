import { describe, expect, it } from "@jest/globals";
import { addressesIn, isSimulated } from "../../tools/demo/addresses.ts";
import { parseOptions } from "../../tools/demo/options.ts";
import { startProgress } from "../../tools/demo/progress.ts";
import { createScreen } from "../../tools/demo/screen.ts";
import { wordWrap } from "../../tools/demo/word-wrap.ts";

/** What a made-up stream was told. */
function listener(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) > 0 };
  return { written, stream: stream as unknown as NodeJS.WriteStream };
}

describe("the screen", () => {
  it.each([
    ["a terminal", true, {}, true, true],
    ["NO_COLOR", true, { NO_COLOR: "1" }, true, false],
    ["an empty NO_COLOR", true, { NO_COLOR: "" }, true, true],
    ["a pipe", false, {}, false, false],
    ["a dumb terminal", true, { TERM: "dumb" }, false, false],
  ])("knows %s", (_, isTTY, env, isLive, isColored) => {
    const screen = createScreen(listener(isTTY).stream, env);
    expect(screen.isLive).toBe(isLive);
    expect(screen.colors.bold("x") !== "x").toBe(isColored);
  });
});

describe("the progress without a terminal", () => {
  it("is a line now and then, and nothing left behind", () => {
    const { written, stream } = listener(false);
    const progress = startProgress(createScreen(stream, {}), 120);
    for (let call = 0; call < 120; call += 1) progress.tick(call > 60 ? 1 : 0);
    progress.end();
    expect(written).toEqual(["  50 of 120 calls, 0 failed\n", "  100 of 120 calls, 1 failed\n"]);
  });
});

describe("a text that comes in pieces", () => {
  const shown = (pieces: readonly string[]) => {
    let text = "";
    const wrap = wordWrap(
      (part) => {
        text += part;
      },
      { width: 12, indent: "> " },
    );
    for (const piece of pieces) wrap.push(piece);
    wrap.end();
    return text;
  };

  it("breaks between words, wherever the pieces were cut", () => {
    const text = "> one two\n> three four\n> five\n";
    expect(shown(["one two three four five"])).toBe(text);
    expect(shown([..."one two three four five"])).toBe(text);
    expect(shown(["one", " two th", "ree\n\nfour five "])).toBe(text);
  });

  it("leaves a word that is longer than the line whole", () => {
    expect(shown(["a incomprehensible b"])).toBe("> a\n> incomprehensible\n> b\n");
  });

  it("is an empty line when nothing comes", () => {
    expect(shown([])).toBe("\n");
  });
});

describe("the options", () => {
  it("are off unless given", () => {
    expect(parseOptions([])).toEqual({ once: false, json: false, help: false });
    expect(parseOptions(["--once", "--json"])).toMatchObject({ once: true, json: true });
  });

  it("refuse what they do not know", () => {
    expect(() => parseOptions(["--onec"])).toThrow("--onec");
  });
});

describe("the addresses", () => {
  const env = {
    GCLOUD_PROJECT: "demo-tollgate",
    TOLLGATE_FUNCTIONS_URL: "http://127.0.0.1:5001/demo-tollgate/us-central1",
    FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9099",
    FIRESTORE_EMULATOR_HOST: "127.0.0.1:8080",
    TOLLGATE_MODEL_URL: "http://127.0.0.1:5400",
    OPENAI_BASE_URL: "http://127.0.0.1:5400/v1",
  };

  it("come from the environment of a command in the stack, and miss none", () => {
    expect(addressesIn(env).authUrl).toBe("http://127.0.0.1:9099");
    const { TOLLGATE_MODEL_URL: _, ...rest } = env;
    expect(() => addressesIn(rest)).toThrow("TOLLGATE_MODEL_URL");
  });

  it("tell the simulated model from a real provider", () => {
    expect(isSimulated(env)).toBe(true);
    expect(isSimulated({ ...env, OPENAI_BASE_URL: "https://api.openai.com/v1" })).toBe(false);
  });
});
