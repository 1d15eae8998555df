import { describe, expect, it } from "@jest/globals";
import { parseBaseUrl } from "./base-url.ts";

describe("parseBaseUrl", () => {
  it.each([
    ["https://api.openai.com/v1", "https://api.openai.com", "/v1"],
    ["https://eu.api.openai.com/v1/", "https://eu.api.openai.com", "/v1"],
    ["https://proxy.example:8443", "https://proxy.example:8443", ""],
    ["http://127.0.0.1:8080/v1", "http://127.0.0.1:8080", "/v1"],
    ["http://localhost:8080/v1", "http://localhost:8080", "/v1"],
    ["http://[::1]:8080/v1", "http://[::1]:8080", "/v1"],
  ])("takes %s", (baseUrl, origin, basePath) => {
    expect(parseBaseUrl(baseUrl)).toEqual({ origin, basePath });
  });

  it.each([
    "",
    "api.openai.com/v1",
    "http://api.openai.com/v1",
    "http://169.254.169.254/latest",
    "http://10.0.0.1/v1",
    "http://[::ffff:10.0.0.1]/v1",
    "http://127.0.0.1.example.com/v1",
    "http://localhost.example.com/v1",
    "ftp://127.0.0.1/v1",
    "file:///etc/passwd",
    "https://user:secret@api.openai.com/v1",
    "https://api.openai.com/v1?key=secret",
    "https://api.openai.com/v1#secret",
  ])("refuses %s and shows no secret", (baseUrl) => {
    expect(() => parseBaseUrl(baseUrl)).toThrow(TypeError);
    expect(() => parseBaseUrl(baseUrl)).not.toThrow(/secret/);
  });
});
