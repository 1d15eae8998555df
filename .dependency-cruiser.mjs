const SRC = "^functions/src";
const TEST = "\\.test\\.ts$|/testing/";
const SDK = "^(firebase-admin|firebase-functions|@google-cloud/[^/]+|openai|undici)(/|$)";
const SDK_FILES =
  "node_modules/(firebase-admin|firebase-functions|@google-cloud/[^/]+|openai|undici)/";

/** What each room may know besides itself (design: rooms). */
const MAY_KNOW = {
  core: [],
  pricing: ["core"],
  budgets: ["core"],
  ledger: ["core", "pricing", "budgets"],
  calls: ["core", "pricing", "budgets", "ledger"],
  analytics: ["core", "pricing", "budgets", "ledger"],
  providers: ["core", "pricing", "calls"],
  firestore: ["core", "pricing", "budgets", "ledger", "calls", "analytics"],
  pubsub: ["core", "budgets", "ledger"],
  contracts: ["core", "pricing"],
};

const rooms = Object.entries(MAY_KNOW).map(([room, known]) => ({
  name: `${room}-knows-only-${known.join("-") || "itself"}`,
  comment: "The direction of dependencies is part of the design (functions/README.md).",
  severity: "error",
  from: { path: `${SRC}/${room}/`, pathNot: TEST },
  to: { path: SRC, pathNot: `${SRC}/(${[room, ...known].join("|")})/` },
}));

export default {
  forbidden: [
    ...rooms,
    {
      name: "entrypoints-are-known-to-index-only",
      severity: "error",
      from: { path: "^functions/", pathNot: `${SRC}/(entrypoints/|index\\.ts$)|${TEST}` },
      to: { path: `${SRC}/entrypoints/` },
    },
    {
      name: "index-is-a-table-of-contents",
      severity: "error",
      from: { path: `${SRC}/index\\.ts$` },
      to: { pathNot: `${SRC}/entrypoints/` },
    },
    {
      name: "config-is-read-by-entrypoints-only",
      severity: "error",
      from: { path: SRC, pathNot: `${SRC}/entrypoints/|${TEST}` },
      to: { path: `${SRC}/config\\.ts$` },
    },
    {
      name: "sdks-stay-at-the-edge",
      comment: "Firebase and provider SDKs are spoken to through ports.",
      severity: "error",
      from: {
        path: SRC,
        pathNot: `${SRC}/(entrypoints|firestore|pubsub|providers)/|${SRC}/config\\.ts$|${TEST}`,
      },
      to: { path: `${SDK}|${SDK_FILES}` },
    },
    {
      name: "core-imports-no-package",
      comment: "Core is arithmetic and text; hashing is the one thing it takes from Node.",
      severity: "error",
      from: { path: `${SRC}/core/`, pathNot: TEST },
      to: { dependencyTypesNot: ["local"], pathNot: "^(node:)?crypto$" },
    },
    {
      name: "timers-are-arguments",
      severity: "error",
      from: {
        path: SRC,
        pathNot: `${SRC}/(entrypoints|firestore|pubsub|providers)/|${SRC}/config\\.ts$|${TEST}`,
      },
      to: { path: "^(node:)?timers(/promises)?$" },
    },
    {
      name: "functions-stand-alone",
      comment: "Only functions/ is deployed: what it imports has to be in it.",
      severity: "error",
      from: { path: SRC, pathNot: TEST },
      to: { path: "^(tools|test|bench|web)/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "everything-resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "require", "default", "types"],
    },
  },
};
