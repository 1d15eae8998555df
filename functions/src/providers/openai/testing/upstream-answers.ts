import { gzipSync } from "node:zlib";
import {
  answer,
  chunk,
  LAST_CHUNK,
  STREAM_HEAD,
  type Step,
} from "../../transport/testing/scripted-server.ts";
import { PLAIN, STREAMED } from "./scripted-provider.ts";
import {
  BEGUN,
  NOTHING,
  type Outcome,
  SOON,
  STALL,
  type Upstream,
  type Words,
} from "./upstream.ts";

const HTML = "<html><h1>Bad gateway</h1></html>";
const AS_HTML = { "content-type": "text/html" };
const TAKES_ANY_END = { failureKind: null, why: "it takes any clean end for the end" } as const;

type More = Pick<Upstream, "sdk">;

function streamed(name: string, pieces: readonly Step[], expected: Outcome, more?: More): Upstream {
  return { name, does: [STREAM_HEAD, ...pieces], request: STREAMED, expected, ...more };
}

function plain(name: string, does: readonly Step[], expected: Outcome, more?: More): Upstream {
  return { name, does, request: PLAIN, expected, ...more };
}

/** Streams that break, stall or lie, then those that are odd and right. */
export function streamRows(words: Words): readonly Upstream[] {
  const { hel, lo, told, done, error, broken, eventStart, said, untold, whole } = words;
  const all = hel + lo + told + done;
  return [
    streamed("reset after the headers", [SOON, "reset"], NOTHING),
    streamed("close after the headers", [SOON, "close"], NOTHING),
    streamed("cut a chunk", [chunk(hel), 'ff\r\ndata: {"c', SOON, "reset"], BEGUN),
    streamed("cut an event", [chunk(hel), chunk('data: {"cho'), SOON, "reset"], BEGUN),
    streamed("cut a character", [chunk(hel), chunk(Buffer.of(0xe2, 0x98)), SOON, "reset"], BEGUN),
    streamed("cut between finish and usage", [chunk(hel + lo), SOON, "reset"], said),
    streamed("cut between usage and [DONE]", [chunk(hel + lo + told), SOON, "reset"], whole, {
      sdk: { failureKind: "unavailable", why: "all that counts had come" },
    }),
    streamed("end cleanly in mid-answer", [chunk(hel), LAST_CHUNK], BEGUN, { sdk: TAKES_ANY_END }),
    streamed("end cleanly before the answer", [LAST_CHUNK], NOTHING, { sdk: TAKES_ANY_END }),
    streamed(
      "stall in mid-answer",
      [chunk(hel), STALL, "reset"],
      { ...BEGUN, failureKind: "timeout" },
      { sdk: { failureKind: "unavailable", why: "it waits for as long as the connection stands" } },
    ),
    streamed("break the JSON of an event", [chunk(hel + broken), LAST_CHUNK], BEGUN),
    streamed("send an error event", [chunk(hel + error), LAST_CHUNK], BEGUN),

    streamed(
      "stream in pieces",
      [chunk(hel), chunk(lo), chunk(told), chunk(done), LAST_CHUNK],
      whole,
    ),
    streamed("drip", [...drops(all), LAST_CHUNK], whole),
    streamed("leave out [DONE]", [chunk(hel + lo + told), LAST_CHUNK], whole),
    streamed("tell no usage", [chunk(hel + lo + done), LAST_CHUNK], untold),
    streamed("go on after [DONE]", [chunk(all + hel), LAST_CHUNK], whole),
    streamed("reset after [DONE]", [chunk(all), SOON, "reset"], whole),
    streamed("send CRLF", [chunk(all.replaceAll("\n", "\r\n")), LAST_CHUNK], whole),
    streamed("send CR", [chunk(all.replaceAll("\n", "\r")), LAST_CHUNK], whole),
    streamed(
      "send comments",
      [chunk(all.replaceAll(eventStart, `: ping\n\nid: 1\n${eventStart}`)), LAST_CHUNK],
      whole,
    ),
    streamed("end in trailers", [chunk(all), "0\r\nx-checksum: 1\r\n\r\n"], whole),
    streamed(
      "extend chunks",
      [chunk(all).toString().replace("\r\n", ";a=b\r\n"), LAST_CHUNK],
      whole,
    ),
  ];
}

/** Whole answers, likewise. */
export function plainRows({ completion, whole }: Words): readonly Upstream[] {
  const gzipped = gzipSync(completion);
  const gzipHead = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: ${gzipped.length}\r\n\r\n`;
  return [
    plain("answer", [answer(200, completion)], whole),
    plain(
      "send early hints",
      ["HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", answer(200, completion)],
      whole,
    ),
    plain(
      "speak HTTP/1.0",
      [`HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n${completion}`, SOON, "close"],
      whole,
    ),
    plain("compress unasked", [gzipHead, gzipped], NOTHING, {
      sdk: { ...whole, why: "fetch unpacks; we ask for the answer as it is, and unpack nothing" },
    }),
    plain("answer in the wrong type", [answer(200, completion, AS_HTML)], whole, {
      sdk: { ...NOTHING, why: "it takes the body for a text" },
    }),
    plain("answer in HTML", [answer(200, HTML, AS_HTML)], NOTHING),
    plain("answer with broken JSON", [answer(200, completion.slice(0, -9))], NOTHING),
    plain("answer with nothing", [answer(200, "")], NOTHING),
    plain("answer with 204", ["HTTP/1.1 204 No Content\r\n\r\n"], NOTHING),
    plain("cut a body", [answer(200, completion).slice(0, -9), SOON, "close"], NOTHING),
    {
      ...plain("answer whole though asked to stream", [answer(200, completion)], whole),
      request: STREAMED,
      sdk: { ...NOTHING, failureKind: null, why: "it finds no event, and takes that for the end" },
    },
  ];
}

/** A byte at a time, with a rest after every fortieth. */
function drops(text: string): Step[] {
  return [...Buffer.from(text)].flatMap((byte, place): Step[] =>
    place % 40 === 0 ? [{ waitMs: 5 }, chunk(Buffer.of(byte))] : [chunk(Buffer.of(byte))],
  );
}
