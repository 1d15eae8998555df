import type { Provider } from "../../calls/port.ts";
import { compatibleProvider, type WireOptions } from "../openai-wire/compatible-provider.ts";
import { inHeader } from "../openai-wire/credentials.ts";
import { convertAzureUsage } from "./convert-usage.ts";

export interface AzureOptions extends WireOptions {
  /** The model of the price book by the name of its deployment; a deployment that is not there has its model's name. */
  readonly deployments: ReadonlyMap<string, string>;
}

/**
 * The v1 API of a resource, where a deployment stands for a model. A base URL without a path is the resource's.
 * https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle
 * @throws TypeError when the base URL is not safe to send a key to
 */
export function azureProvider(options: AzureOptions): Provider {
  return compatibleProvider(
    {
      name: "azure",
      style: { fixed: { store: false }, limitField: "max_completion_tokens" },
      embeddingFormat: "base64",
      defaultPath: "/openai/v1",
      authorization: (apiKey) => inHeader("api-key", apiKey),
      bookName: (deployment) => options.deployments.get(deployment) ?? deployment,
      convertUsage: convertAzureUsage,
    },
    options,
  );
}
