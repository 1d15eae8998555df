export type Fields = Readonly<Record<string, unknown>>;

/** [field at fault, what is changed in a full, valid request]; undefined takes a field away. */
type Wrong = readonly [field: string, changes: Fields];

const LONG = "x".repeat(10_000);
const CONTROL = "a\u0000b";
const NO_ID = [undefined, "", 7, null, ["a"], { a: 1 }, LONG, CONTROL, "\ud800"];
const idOf = (field: string): Wrong[] => NO_ID.map((value) => [field, { [field]: value }]);
const optionalIdOf = (field: string): Wrong[] => idOf(field).slice(1);
const eachOf = (field: string, values: readonly unknown[]): Wrong[] =>
  values.map((value) => [field, { [field]: value }]);

const CLAIMED: readonly Wrong[] = [
  ...["requestId", "sessionId", "agent", "phase", "operation"].flatMap(optionalIdOf),
  ...eachOf("tags", ["beta", Array(11).fill("t")]),
  ["tags[0]", { tags: ["t".repeat(41)] }],
  ["metadata", { metadata: ["a"] }],
  ["metadata", { metadata: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [n, "v"])) }],
  ["metadata.k", { metadata: { k: 1 } }],
  ["metadata.k", { metadata: { k: "v".repeat(101) } }],
];

const message = (changes: Fields) => ({ messages: [{ role: "user", content: "Hi", ...changes }] });

const CHAT: readonly Wrong[] = [
  ...idOf("model"),
  ...eachOf("messages", [undefined, "Hi", {}, [], Array(257).fill({ role: "user", content: "a" })]),
  ["messages", message({ content: "ä".repeat(128 * 1_024 + 1) })],
  ["messages[0].role", message({ role: "robot" })],
  ["messages[0].content", message({ content: undefined })],
  ["messages[0].content", message({ content: 5 })],
  [
    "messages[0].content[0].type",
    message({ content: [{ type: "image_url", image_url: { url: "http://169.254.169.254/" } }] }),
  ],
  ["messages[0].extra", message({ extra: 1 })],
  ...eachOf("temperature", [-1, 2.1, "hot", null]),
  ...eachOf("topP", [-0.1, 1.1, "1"]),
  ...eachOf("maxOutputTokens", [0, -1, 1.5, "100", 1e12, null]),
  ...eachOf("seed", [1.5, "7"]),
  ...eachOf("stop", ["", [], Array(5).fill("a")]),
  ...eachOf("reasoningEffort", ["extreme", 1]),
  ...eachOf("tools", [[], {}, "weather"]),
  ["tools[0].type", { tools: [{ type: "web_search" }] }],
  ...eachOf("fitToBudget", ["yes", 1]),
  ...["n", "logprobs", "stream", "user", "orgId", "department", "userId", "price"].map(
    (field): Wrong => [field, { [field]: 1 }],
  ),
  ...CLAIMED,
];

const usage = (changes: Fields) => ({
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, ...changes },
});

const TRACK: readonly Wrong[] = [
  ...["requestId", "userId", "model"].flatMap(idOf),
  ...eachOf("provider", [undefined, "acme", 1]),
  ...eachOf("usage", [undefined, null, [], "10", 10, { a: "u".repeat(9_000) }]),
  ["usage", usage({ prompt_tokens: -10, total_tokens: -5 })],
  ["usage", usage({ prompt_tokens: 10.5, total_tokens: 15.5 })],
  ["usage", usage({ prompt_tokens: null })],
  ["usage", usage({ prompt_tokens: "10" })],
  ["usage", usage({ prompt_tokens: 2 ** 53, total_tokens: 2 ** 53 + 5 })],
  ["usage", usage({ total_tokens: 16 })],
  ["usage", usage({ completion_tokens_details: { reasoning_tokens: 6 } })],
  ...eachOf("at", ["yesterday", "2026-13-01", "1999-01-01", 1_700_000_000, "+020000-01-01"]),
  ...eachOf("latencyMs", [-1, 1.5, "12", 1e12]),
  ...eachOf("status", ["fine", true]),
  ...["costNanoUsd", "orgId", "department", "apiKeyId"].map(
    (field): Wrong => [field, { [field]: 1 }],
  ),
  ...CLAIMED.slice(0, 8),
];

const PAGED: readonly Wrong[] = [
  ...eachOf("limit", [0, -1, 201, 1.5, "10"]),
  ...eachOf("cursor", ["", 7, "c".repeat(1_001)]),
];
const RANGED: readonly Wrong[] = [
  ...eachOf("from", ["yesterday", 5, "2026-02-30"]),
  ["from", { from: "2026-11-05", to: "2026-11-05" }],
  ["from", { from: "2020-01-01", to: "2026-01-01" }],
  ["days", { days: 3 }],
  ["days", { from: undefined, to: undefined, days: 0 }],
];
const FILTERED: readonly Wrong[] = [
  ["filters", { filters: "all" }],
  ["filters.colour", { filters: { colour: "red" } }],
  ["filters.status", { filters: { status: "odd" } }],
];

const NO_RATE = ["", "0", "-1", "1e3", 2.5, "NaN", null];
const MODEL_PRICE: readonly Wrong[] = [
  ...eachOf("provider", [undefined, "acme", 1]),
  ...idOf("model"),
  ...eachOf("model", ["gpt 9", "a|b"]),
  ...eachOf("effectiveFrom", [undefined, "yesterday", "2026-02-30", 1_700_000_000]),
  ...eachOf("effectiveTo", ["2026-10-31", "2026-11-01", null]),
  ...eachOf("rates", [undefined, "2.5", [], {}]),
  ...NO_RATE.map((rate): Wrong => ["rates.output", { rates: { input: "2.5", output: rate } }]),
  ["rates.colour", { rates: { input: "2.5", colour: "1" } }],
  ["rates", { free: true }],
  ...eachOf("free", [false, "yes"]),
  ...eachOf("contextTiers", ["none", {}, Array(101).fill({ fromInputTokens: 1, rates: {} })]),
  ...eachOf("timesOfDay", [[], "night"]),
  ...eachOf("kind", ["image", 1]),
  ...eachOf("contextTokens", [0, -1, 1.5, "400000"]),
  ...eachOf("note", [LONG, 7]),
  ["costNanoUsd", { costNanoUsd: 1 }],
];

const REPRICE: readonly Wrong[] = [
  ...eachOf("provider", [undefined, "acme"]),
  ...idOf("model"),
  ...eachOf("from", [undefined, "yesterday", 5, "2026-02-30", "2026-11-23"]),
  ...eachOf("to", [undefined, "tomorrow", 5]),
  ...eachOf("dryRun", ["no", 0]),
  ...eachOf("limit", [0, -1, 1.5, 100_000, "10"]),
  ...eachOf("cursor", ["", "nonsense", 7]),
  ...eachOf("reason", [LONG, 7]),
  ["userId", { userId: "a" }],
];

/** Of each door: what is wrong with a request, one thing at a time. */
export const WRONG_REQUESTS: Readonly<Record<string, readonly Wrong[]>> = {
  chat: CHAT,
  estimateCost: CHAT,
  embed: [
    ...idOf("model"),
    ...eachOf("input", [undefined, "", [], 5, [5], Array(2_049).fill("a"), "é".repeat(131_073)]),
    ...eachOf("dimensions", [0, -1, 1.5, "256"]),
    ["encoding_format", { encoding_format: "float" }],
    ...CLAIMED,
  ],
  trackUsage: TRACK,
  setBudget: [
    ...eachOf("scope", [undefined, "galaxy", 1]),
    ...idOf("scopeId"),
    ...eachOf("unit", [undefined, "euro"]),
    ...eachOf("window", [undefined, "year"]),
    ...eachOf("limitUsd", [
      undefined,
      "",
      "0",
      "-1",
      "1e3",
      "0.0000000001",
      "1000001",
      12.5,
      "NaN",
    ]),
    ...[0, -1, 1.5, "5", 2 ** 60].map((limit): Wrong => ["limit", { limitUsd: undefined, limit }]),
    ...eachOf("thresholds", [[], "0.8", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]]),
    ...[-1, 0, 11, 0.00001].map((share): Wrong => ["thresholds[0]", { thresholds: [share] }]),
    ...eachOf("enforcement", ["pray"]),
    ...eachOf("onStoreError", ["ask"]),
    ["downgradeTo", {}],
    ["colour", { colour: "red" }],
  ],
  listBudgets: [...eachOf("scope", ["galaxy", 1]), ...PAGED, ["userId", { userId: "a" }]],
  deleteBudget: eachOf("budgetId", [undefined, "", 7, "a/b", "..", "__x__", LONG, "user:é:usd"]),
  listAlerts: [...optionalIdOf("userId"), ...eachOf("acknowledged", ["no", 1]), ...PAGED],
  acknowledgeAlert: eachOf("alertId", [undefined, "", 7, "a/b", "..", "__x__", LONG]),
  getCapabilities: [["extra", { extra: 1 }]],
  setModelPrice: MODEL_PRICE,
  listModelPrices: [
    ...eachOf("provider", ["acme", 1]),
    ...optionalIdOf("model"),
    ...eachOf("origin", ["elsewhere", 1]),
    ...PAGED,
    ["userId", { userId: "a" }],
  ],
  repriceEntries: REPRICE,
  getUsage: [
    ...optionalIdOf("userId"),
    ...RANGED,
    ...FILTERED,
    ...eachOf("groupBy", ["colour", 1]),
    ...eachOf("compare", ["next", true]),
  ],
  getSessionUsage: [...idOf("sessionId"), ...optionalIdOf("userId"), ["days", { days: 3 }]],
  getSummary: [...optionalIdOf("userId"), ["days", { days: 3 }]],
  getTopUsers: [...eachOf("month", ["2026-13", "2026-1", 11, "../x"]), ...PAGED],
  listEntries: [...optionalIdOf("userId"), ...RANGED, ...FILTERED, ...PAGED],
};

/** What makes the full request of a contract one that its door takes here. */
export const MADE_VALID: Readonly<Record<string, Fields>> = {
  trackUsage: { provider: "openai", model: "gpt-4o" },
  listEntries: { days: undefined, from: "2026-11-01", to: "2026-11-22" },
};

/** What no door takes, whatever else it takes; as text, since JSON.stringify would not write it. */
export const HOSTILE_BODIES: readonly (readonly [string, string, string])[] = [
  ["no data", "data", "{}"],
  ["a list", "data", '{"data":[]}'],
  ["a string", "data", '{"data":"hello"}'],
  ["__proto__", "__proto__", '{"data":{"__proto__":{"admin":true}}}'],
  ["a constructor", "constructor", '{"data":{"constructor":{"prototype":{"admin":true}}}}'],
  ["infinity", "a", '{"data":{"a":1e999}}'],
  ["100 000 levels", "a", `{"data":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`],
  ["60 000 values", "a", `{"data":{"a":[${"0,".repeat(60_000)}0]}}`],
  ["a type of protobuf's", "a", '{"data":{"a":{"@type":"type.googleapis.com/x","value":1}}}'],
];
