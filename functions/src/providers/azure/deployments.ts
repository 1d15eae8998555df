import { isObject, parseJson } from "../openai-wire/json.ts";

/**
 * '{"chat-eu": "eu/gpt-4.1"}': the model of the price book, data zone included, that each deployment is one of.
 * @throws TypeError for what is no JSON object of names
 */
export function parseDeployments(json: string): ReadonlyMap<string, string> {
  const parsed = parseJson(json);
  const pairs = isObject(parsed) ? Object.entries(parsed) : undefined;
  const isNames = pairs?.every(([, model]) => typeof model === "string" && model !== "");
  if (!pairs || !isNames)
    throw new TypeError("The deployments of Azure must be a JSON object of names");
  return new Map(pairs.map(([deployment, model]) => [deployment, String(model)]));
}
