/** The two tokenizers of the models in use. https://github.com/openai/tiktoken/blob/main/tiktoken/model.py */
export type Encoding = "o200k_base" | "cl100k_base";

/**
 * Everything of OpenAI's since gpt-4o, and by that rule the families that are still to come: no model since then has
 * brought another tokenizer. Should one, its counts before a call are off until it is named here; bills are not, for
 * they go by the provider's own count.
 */
const O200K =
  /^(gpt-4o|gpt-4\.[1-9]|gpt-([5-9]|[12]\d)(\D|$)|o\d+(-|$)|chatgpt-|(gpt-)?(chat|daybreak|rosalind)-|codex-|gpt-oss|gpt-audio|gpt-realtime|gpt-live|computer-use)/;
const CL100K = /^(gpt-4(-|$)|gpt-3\.5|gpt-35-|text-embedding-|(babbage|davinci)-002(-|$))/;

/**
 * The tokenizer of a model: "gpt-4o-mini-2024-07-18" and "ft:gpt-4o:org::id" -> "o200k_base", "gpt-4-turbo" ->
 * "cl100k_base", "claude-opus-4-5" -> undefined. A router's "openai/gpt-4o" is the model behind it.
 */
export function encodingOf(model: string): Encoding | undefined {
  const name = model.slice(model.lastIndexOf("/") + 1).replace(/^ft:/, "");
  if (O200K.test(name)) return "o200k_base";
  return CL100K.test(name) ? "cl100k_base" : undefined;
}
