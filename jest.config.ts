import type { Config } from "jest";

const swc = (syntax: "typescript" | "ecmascript") => ({
  jsc: { parser: { syntax }, target: "es2024" },
  module: { type: "commonjs" },
});

/** Packages without a CommonJS build, which jest has to be given as one. */
const ESM_ONLY = ["jose", "p-queue", "p-timeout", "eventemitter3"];

/** Rooms whose arithmetic is money: near every line is run by a test. */
const MONEY = { lines: 95 };

const config: Config = {
  testEnvironment: "node",
  // Jest's own choice on two cores is one at a time, and much of the time goes by waiting.
  maxWorkers: 2,
  roots: ["<rootDir>/functions/src", "<rootDir>/test", "<rootDir>/tools"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "\\.soak\\.test\\.ts$"],
  transform: {
    "\\.ts$": ["@swc/jest", swc("typescript")],
    "\\.m?js$": ["@swc/jest", swc("ecmascript")],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join("|")})/)`],
  collectCoverageFrom: ["functions/src/**/*.ts", "!**/*.test.ts", "!**/testing/**"],
  coverageDirectory: "coverage",
  coverageReporters: [["text", { skipFull: true }], "lcovonly"],
  coverageThreshold: {
    global: { lines: 80 },
    "./functions/src/core/": MONEY,
    "./functions/src/pricing/": MONEY,
    "./functions/src/ledger/": MONEY,
    "./functions/src/budgets/": MONEY,
  },
};

export default config;
