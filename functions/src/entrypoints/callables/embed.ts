import { embed as runEmbed } from "../../calls/embed.ts";
import { type EmbedResponse, embedRequest } from "../../contracts/embed.ts";
import { attributionOf } from "../attribution.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { EMBED_DOOR } from "../door-options.ts";
import { PROVIDER_KEYS } from "../provider-keys.ts";
import { embedDeps } from "../wiring.ts";

/** Metered embeddings of one text or many. */
export const embed = defineCallable(
  embedRequest,
  { ...DOOR, ...EMBED_DOOR, access: "user", secrets: PROVIDER_KEYS },
  ({ data, caller, response }): Promise<EmbedResponse> => {
    const { requestId, ...payload } = data;
    const command = {
      subject: caller.subject,
      attribution: attributionOf(caller, data, { operation: "embedding", endpoint: "embed" }),
      requestId,
      model: data.model,
      payload,
      embedding: { input: data.input, dimensions: data.dimensions },
    };
    return runEmbed(embedDeps(), command, response?.signal ?? new AbortController().signal);
  },
);
