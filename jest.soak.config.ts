import type { Config } from "jest";
import base from "./jest.config.ts";

const config: Config = {
  ...base,
  testMatch: ["**/*.soak.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  coverageThreshold: undefined,
};

export default config;
