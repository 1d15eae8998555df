import { describe, expect, it } from "@jest/globals";
import { type Served, useDoors } from "../e2e/harness/framework.ts";

const APP = "https://app.example.com";
const ADMIN = "https://admin.example.com";
const STRANGER = "https://stranger.example.com";

/** What a browser asks before it posts JSON with a token to another origin. */
async function preflight(url: string, origin: string) {
  const response = await fetch(`${url}/getCapabilities`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    },
  });
  return {
    status: response.status,
    origin: response.headers.get("access-control-allow-origin"),
    headers: response.headers.get("access-control-allow-headers"),
  };
}

/** The call that follows; without a token it ends in a 401, which the page is to be able to read. */
async function post(url: string, origin: string) {
  const response = await fetch(`${url}/getCapabilities`, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: '{"data":{}}',
  });
  await response.arrayBuffer();
  return {
    status: response.status,
    origin: response.headers.get("access-control-allow-origin"),
  };
}

function itAnswers(served: () => Served, origin: string, allowed: string | null): void {
  it(`tells ${origin} that ${allowed ?? "nobody"} may call`, async () => {
    expect(await preflight(served().url, origin)).toMatchObject({ origin: allowed });
    expect(await post(served().url, origin)).toEqual({ status: 401, origin: allowed });
  });
}

describe("CORS_ORIGINS as it stands in functions/.env", () => {
  const served = useDoors();
  itAnswers(served, APP, "*");

  it("lets a page send its token", async () => {
    const allowed = await preflight(served().url, APP);
    expect(allowed).toEqual({ status: 204, origin: "*", headers: "authorization,content-type" });
  });
});

describe("CORS_ORIGINS with two origins", () => {
  const served = useDoors({ CORS_ORIGINS: JSON.stringify([APP, ADMIN]) });
  itAnswers(served, APP, APP);
  itAnswers(served, ADMIN, ADMIN);
  itAnswers(served, STRANGER, null);
});

describe("CORS_ORIGINS with one origin", () => {
  const served = useDoors({ CORS_ORIGINS: JSON.stringify([APP]) });
  itAnswers(served, STRANGER, APP);
});

describe("CORS_ORIGINS that is no JSON list", () => {
  const served = useDoors({ CORS_ORIGINS: `${APP},${ADMIN}` });
  itAnswers(served, APP, null);
});

describe("the functions emulator", () => {
  const url = String(process.env.TOLLGATE_FUNCTIONS_URL);

  it("lets any page call, whatever the list says", async () => {
    expect(await preflight(url, STRANGER)).toMatchObject({ status: 204, origin: STRANGER });
    expect(await post(url, STRANGER)).toEqual({ status: 401, origin: STRANGER });
  });
});
