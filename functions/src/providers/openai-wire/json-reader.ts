import { errorInAnswer, unreadable } from "./failures.ts";
import { isObject, type JsonObject, parseJson } from "./json.ts";
import type { AnswerReader, Progress } from "./wire-call.ts";

/**
 * Reads an answer that comes as one JSON object, of at most `maxBytes`.
 * `take` makes the answer of it, or says why it is none.
 */
export function jsonReader(
  maxBytes: number,
  take: (body: JsonObject) => Exclude<Progress, undefined>,
): AnswerReader {
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  return {
    push(bytes) {
      chunks.push(bytes);
      lengthBytes += bytes.length;
      return lengthBytes > maxBytes ? unreadable(`it is longer than ${maxBytes} bytes`) : undefined;
    },
    end() {
      const body = parseJson(Buffer.concat(chunks).toString("utf8"));
      if (!isObject(body)) return unreadable("it is no JSON object");
      return isObject(body.error) ? errorInAnswer(body.error) : take(body);
    },
    isComplete: () => false,
  };
}
