import { isObject, type JsonObject, listOf } from "../openai-wire/json.ts";
import type { Translate } from "../openai-wire/stream-reader.ts";

/**
 * Gemini streams each tool call whole, all of one answer with index 0 or with none: here each gets an index of its own.
 * A piece that has a name begins a call, unless its id is that of a call which is there; any other goes on with the last.
 */
export function toolCallPlaces(): Translate {
  const ids: unknown[] = [];

  return (event) => {
    const choices = listOf(event.choices);
    const choice = choices[0];
    if (!isObject(choice) || !isObject(choice.delta)) return event;
    const { delta } = choice;
    if (!Array.isArray(delta.tool_calls)) return event;
    const tool_calls = delta.tool_calls.map((call) => (isObject(call) ? placed(call) : call));
    return { ...event, choices: [{ ...choice, delta: { ...delta, tool_calls } }] };
  };

  function placed(call: JsonObject): JsonObject {
    const known = call.id ? ids.indexOf(call.id) : -1;
    if (known >= 0) return { ...call, index: known };
    const begins = isObject(call.function) && Boolean(call.function.name);
    if (begins || ids.length === 0) ids.push(call.id);
    return { ...call, index: ids.length - 1 };
  }
}
