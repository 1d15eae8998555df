import { invalidRequest } from "./errors.ts";
import { isCount, type JsonObject } from "./json.ts";
import { type Catalogue, type EmbeddingModel, embeddingModel, requestedModel } from "./models.ts";
import { countTokens } from "./tokens.ts";

/** A request for embeddings that has been read and found sound. */
export interface EmbeddingRequest {
  readonly model: EmbeddingModel;
  readonly inputs: readonly Input[];
  readonly dimensions: number;
  readonly asBase64: boolean;
}

interface Input {
  readonly text: string;
  readonly tokenCount: number;
}

/** https://platform.openai.com/docs/api-reference/embeddings/create */
const MAX_INPUTS = 2048;
const MAX_INPUT_TOKENS = 8192;

const PARAMETERS = new Set(["model", "input", "dimensions", "encoding_format", "user"]);

export function parseEmbeddingRequest(body: JsonObject, catalogue: Catalogue): EmbeddingRequest {
  const unknown = Object.keys(body).find((key) => !PARAMETERS.has(key));
  if (unknown !== undefined) {
    throw invalidRequest(`Unrecognized request argument supplied: ${unknown}`);
  }
  const model = embeddingModel(requestedModel(body), catalogue);
  return {
    model,
    inputs: parseInputs(body.input, model),
    dimensions: parseDimensions(body.dimensions, model),
    asBase64: parseEncodingFormat(body.encoding_format) === "base64",
  };
}

function parseInputs(input: unknown, model: EmbeddingModel): Input[] {
  const several = Array.isArray(input) && !input.every(isCount);
  const inputs: readonly unknown[] = several ? input : [input];
  if (inputs.length > MAX_INPUTS) throw wrongInput(`an array of at most ${MAX_INPUTS}`);
  return inputs.map((one) => parseInput(one, model));
}

/** A text, or a text that comes as tokens already. */
function parseInput(input: unknown, model: EmbeddingModel): Input {
  const isText = typeof input === "string" && input !== "";
  const isTokens = Array.isArray(input) && input.length > 0 && input.every(isCount);
  if (!isText && !isTokens) throw wrongInput("a text, tokens, or several of them, none empty");
  const text = isText ? input : JSON.stringify(input);
  const tokenCount = isText ? countTokens(model.encoding, text) : input.length;
  if (tokenCount <= MAX_INPUT_TOKENS) return { text, tokenCount };
  throw invalidRequest(
    `This model's maximum context length is ${MAX_INPUT_TOKENS} tokens, however you requested ` +
      `${tokenCount} tokens. Please reduce your prompt.`,
  );
}

function parseDimensions(dimensions: unknown, model: EmbeddingModel): number {
  if (dimensions === undefined || dimensions === null) return model.dimensions;
  if (!model.shortens) {
    throw invalidRequest("This model does not support specifying dimensions.", "dimensions");
  }
  if (isCount(dimensions) && dimensions >= 1 && dimensions <= model.dimensions) return dimensions;
  throw invalidRequest(`Invalid 'dimensions': expected 1 to ${model.dimensions}.`, "dimensions");
}

function parseEncodingFormat(format: unknown): "float" | "base64" {
  if (format === undefined || format === null) return "float";
  if (format === "float" || format === "base64") return format;
  throw invalidRequest("Invalid 'encoding_format': expected float or base64.", "encoding_format");
}

function wrongInput(expected: string) {
  return invalidRequest(`Invalid 'input': expected ${expected}.`, "input");
}
