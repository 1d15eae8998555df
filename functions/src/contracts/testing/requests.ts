import type { z } from "zod";
import { acknowledgeAlertRequest, listAlertsRequest } from "../alerts.ts";
import { deleteBudgetRequest, listBudgetsRequest, setBudgetRequest } from "../budgets.ts";
import { getCapabilitiesRequest } from "../capabilities.ts";
import { chatRequest } from "../chat.ts";
import { embedRequest } from "../embed.ts";
import { listEntriesRequest } from "../entries.ts";
import { estimateCostRequest } from "../estimate-cost.ts";
import { listModelPricesRequest, setModelPriceRequest } from "../model-prices.ts";
import {
  getSessionUsageRequest,
  getSummaryRequest,
  getTopUsersRequest,
  getUsageRequest,
} from "../reports.ts";
import { repriceEntriesRequest } from "../reprice-entries.ts";
import { trackUsageRequest } from "../track-usage.ts";

export type Fields = Record<string, unknown>;

interface Contract {
  readonly schema: z.ZodType;
  /** A request with every field that may stand together. */
  readonly full: Fields;
}

const claimed = {
  sessionId: "s/1..2",
  agent: "support",
  phase: "draft",
  operation: "chat",
  tags: ["a", "b"],
  metadata: { ticket: "T-1", "team.name": "blue" },
};

export const chat: Fields = {
  model: "openai/gpt-4o-mini",
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: "Weather in Bern?" }], name: "ann" },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "weather", arguments: "{}" } }],
    },
    { role: "tool", content: "sunny", tool_call_id: "c1" },
    { role: "developer", content: "In English." },
  ],
  requestId: "r-1",
  temperature: 0.5,
  topP: 1,
  maxOutputTokens: 100,
  stop: ["\n", "END"],
  seed: 7,
  reasoningEffort: "low",
  tools: [
    {
      type: "function",
      function: {
        name: "weather",
        description: "Weather of a place",
        parameters: { type: "object", properties: { place: { type: "string" } } },
        strict: true,
      },
    },
  ],
  toolChoice: { type: "function", function: { name: "weather" } },
  responseFormat: {
    type: "json_schema",
    json_schema: { name: "answer", schema: { type: "object" } },
  },
  fitToBudget: true,
  ...claimed,
};

export const trackUsage: Fields = {
  requestId: "r-1",
  userId: "alice",
  provider: "anthropic",
  model: "claude-sonnet-5",
  usage: { input_tokens: 10, output_tokens: 5, cache_creation: { ephemeral_5m_input_tokens: 0 } },
  at: "2026-11-22T14:03:00Z",
  endpoint: "worker",
  latencyMs: 1200,
  status: "ok",
  ...claimed,
};

export const setBudget: Fields = {
  name: "Alice's month",
  scope: "user",
  scopeId: "alice",
  unit: "usd",
  window: "month",
  limitUsd: "12.50",
  thresholds: [0.5, 0.8, 1],
  enforcement: "alert",
  onStoreError: "deny",
  onUnknownPrice: "allow",
  downgradeTo: "openai/gpt-4o-mini",
};

export const setModelPrice: Fields = {
  provider: "openai",
  model: "gpt-9",
  effectiveFrom: "2026-11-01",
  effectiveTo: "2027-01-01T00:00:00Z",
  rates: { input: "2.5", cacheRead: "0.00875", output: "10" },
  contextTiers: [
    { fromInputTokens: 200_001, rates: { input: "5", cacheRead: "0.0175", output: "15" } },
  ],
  serviceTiers: { flex: { rates: { input: "1.25", cacheRead: "0.004375", output: "5" } } },
  kind: "chat",
  contextTokens: 400_000,
  maxOutputTokens: 64_000,
  source: "contract of 2026-10-28",
  note: "10 % below the list",
};

const filters = { model: "openai/gpt-4o", agent: "support", sessionId: "s", department: "sales" };
const range = { from: "2026-11-01", to: "2026-11-22T12:00:00+01:00" };
const page = { limit: 10, cursor: "eyJhIjoxfQ" };

export const CONTRACTS: Readonly<Record<string, Contract>> = {
  chat: { schema: chatRequest, full: chat },
  estimateCost: { schema: estimateCostRequest, full: chat },
  embed: {
    schema: embedRequest,
    full: {
      model: "text-embedding-3-small",
      input: ["a", "b"],
      requestId: "e",
      dimensions: 256,
      ...claimed,
    },
  },
  trackUsage: { schema: trackUsageRequest, full: trackUsage },
  setBudget: { schema: setBudgetRequest, full: setBudget },
  listBudgets: { schema: listBudgetsRequest, full: { scope: "user", ...page } },
  deleteBudget: { schema: deleteBudgetRequest, full: { budgetId: "user:*:usd:month" } },
  listAlerts: {
    schema: listAlertsRequest,
    full: { userId: "alice", acknowledged: false, ...page },
  },
  acknowledgeAlert: {
    schema: acknowledgeAlertRequest,
    full: { alertId: "user:al%2Fice:usd:month_2026-11_800_5000000000" },
  },
  getCapabilities: { schema: getCapabilitiesRequest, full: {} },
  setModelPrice: { schema: setModelPriceRequest, full: setModelPrice },
  repriceEntries: {
    schema: repriceEntriesRequest,
    full: {
      provider: "openai",
      model: "gpt-9",
      ...range,
      dryRun: false,
      reason: "the price was not known",
      limit: 100,
      cursor: "2026-11-22T14:03:00.000Z_abc",
    },
  },
  listModelPrices: {
    schema: listModelPricesRequest,
    full: { provider: "openai", model: "gpt-9", origin: "own", ...page },
  },
  getUsage: {
    schema: getUsageRequest,
    full: { userId: "alice", ...range, groupBy: "model", filters, compare: "previous" },
  },
  getSessionUsage: { schema: getSessionUsageRequest, full: { sessionId: "s", userId: "alice" } },
  getSummary: { schema: getSummaryRequest, full: { userId: "alice" } },
  getTopUsers: { schema: getTopUsersRequest, full: { month: "2026-11", ...page } },
  listEntries: {
    schema: listEntriesRequest,
    full: { userId: "alice", days: 30, filters, ...page },
  },
};
