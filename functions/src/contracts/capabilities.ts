import { z } from "zod";
import type { Window } from "../core/period.ts";
import type { BudgetScope, BudgetUnit, Enforcement } from "./budgets.ts";

/** `getCapabilities` takes no fields: `{}`. */
export const getCapabilitiesRequest = z.strictObject({});
export type GetCapabilitiesRequest = z.output<typeof getCapabilitiesRequest>;

export interface ModelItem {
  /** As `chat` and `embed` take it: "openai/gpt-4o-mini". */
  readonly model: string;
  readonly kind: "chat" | "embedding";
  readonly contextTokens: number | null;
  readonly maxOutputTokens: number | null;
  readonly free: boolean;
}

/** What this deployment can do, and what the caller may. */
export interface GetCapabilitiesResponse {
  readonly caller: {
    readonly userId: string;
    readonly isAdmin: boolean;
    readonly isService: boolean;
  };
  readonly models: readonly ModelItem[];
  readonly budgets: {
    readonly scopes: readonly BudgetScope[];
    readonly units: readonly BudgetUnit[];
    readonly windows: readonly Window[];
    readonly enforcements: readonly Enforcement[];
  };
  readonly bounds: {
    readonly textBytes: number;
    readonly idCharacters: number;
    readonly tags: number;
    readonly metadataFields: number;
    readonly pageLimit: number;
    readonly rangeDays: number;
  };
}
