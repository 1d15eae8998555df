import { z } from "zod";
import { MAX_TOOL_NAME_CHARACTERS, SCHEMA_BOUNDS } from "./bounds.ts";
import { freeForm } from "./free-form.ts";
import { content, shortText } from "./text.ts";

const jsonSchema = freeForm(SCHEMA_BOUNDS);
const functionName = shortText(MAX_TOOL_NAME_CHARACTERS);

/** A function that the model may ask for; tools that the provider runs itself have no bound. */
export const tool = z.strictObject({
  type: z.literal("function", {
    error: ({ input }) =>
      input === undefined
        ? "is required"
        : 'must be "function": the cost of tools that a provider runs cannot be bounded',
  }),
  function: z.strictObject({
    name: functionName,
    description: content.optional(),
    parameters: jsonSchema.optional(),
    strict: z.boolean().optional(),
  }),
});

export const toolChoice = z.union(
  [
    z.enum(["auto", "none", "required"]),
    z.strictObject({
      type: z.literal("function"),
      function: z.strictObject({ name: functionName }),
    }),
  ],
  { error: 'must be "auto", "none", "required" or {type: "function", function: {name}}' },
);

export const responseFormat = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("text") }),
    z.strictObject({ type: z.literal("json_object") }),
    z.strictObject({
      type: z.literal("json_schema"),
      json_schema: z.strictObject({
        name: functionName,
        description: content.optional(),
        schema: jsonSchema.optional(),
        strict: z.boolean().optional(),
      }),
    }),
  ],
  {
    error: ({ code }) =>
      code === "invalid_union" ? "must be text, json_object or json_schema" : undefined,
  },
);
