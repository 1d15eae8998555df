import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { buildFunctions } from "../../tools/stack/build.ts";
import { copyProject } from "./deployed-copy.ts";
import { DOORS, NAMES, namesOf } from "./doors.ts";

interface Endpoint {
  readonly [field: string]: unknown;
  readonly eventTrigger?: object;
  readonly scheduleTrigger?: object;
  readonly secretEnvironmentVariables?: readonly { readonly key: string }[];
}

interface Manifest {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly params: readonly { readonly name: string; readonly type: string }[];
}

const project = copyProject();
const folder = join(project.path, "functions");
let manifest: Manifest;
let said: string;

/** What firebase-tools does before a deploy and at the start of the functions emulator. */
async function discover(
  parameters: Record<string, string> = {},
): Promise<{ manifest: Manifest; said: string }> {
  const out = join(project.path, "manifest.json");
  const binary = join(folder, "node_modules", ".bin", "firebase-functions");
  const { stdout, stderr } = await promisify(execFile)(binary, ["."], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      FUNCTIONS_CONTROL_API: "true",
      FUNCTIONS_MANIFEST_OUTPUT_PATH: out,
      GCLOUD_PROJECT: "demo-discovery",
      FIREBASE_CONFIG: '{"projectId":"demo-discovery"}',
      ...parameters,
    },
  });
  return { manifest: JSON.parse(readFileSync(out, "utf8")), said: stdout + stderr };
}

beforeAll(async () => {
  await buildFunctions(join(folder, "lib"));
  ({ manifest, said } = await discover());
}, 120_000);

afterAll(() => project.remove());

describe("what firebase-tools discovers", () => {
  it("is every door and nothing else", () => {
    expect(Object.keys(manifest.endpoints).sort()).toEqual(NAMES);
  });

  it.each(NAMES)("has %s with its size, its limits and its secrets", (name) => {
    const endpoint = manifest.endpoints[name];
    const door = DOORS[name];
    expect(endpoint).toMatchObject({
      platform: "gcfv2",
      entryPoint: name,
      region: "{{ params.REGION }}",
      availableMemoryMb: door?.memoryMb,
      concurrency: door?.concurrency,
      timeoutSeconds: door?.timeoutSeconds,
      maxInstances: door?.maxInstances,
    });
    const secrets = (endpoint?.secretEnvironmentVariables ?? []).map(({ key }) => key);
    expect(secrets).toEqual(door?.secrets);
  });

  it.each(namesOf("callable"))("has %s as a callable", (name) => {
    expect(manifest.endpoints[name]).toHaveProperty("callableTrigger");
  });

  it("keeps instances of chat warm by a parameter, and of no other door", () => {
    const warm = NAMES.filter((name) => manifest.endpoints[name]?.minInstances !== null);
    expect(warm).toEqual(["chat"]);
    expect(manifest.endpoints.chat?.minInstances).toBe("{{ params.MIN_INSTANCES }}");
  });

  it("retries aggregateUsage on new outbox documents of the configured database", () => {
    expect(manifest.endpoints.aggregateUsage?.eventTrigger).toMatchObject({
      eventType: "google.cloud.firestore.document.v1.created",
      eventFilters: { database: "{{ params.DATABASE_ID }}" },
      eventFilterPathPatterns: { document: "usage_outbox/{outboxId}" },
      retry: true,
    });
  });

  it("retries writeOverflow on messages of usage-overflow", () => {
    expect(manifest.endpoints.writeOverflow?.eventTrigger).toMatchObject({
      eventType: "google.cloud.pubsub.topic.v1.messagePublished",
      eventFilters: { topic: "usage-overflow" },
      retry: true,
    });
  });

  it.each(namesOf("schedule"))("runs %s every 5 minutes, a failed run not again", (name) => {
    expect(manifest.endpoints[name]?.scheduleTrigger).toMatchObject({
      schedule: "every 5 minutes",
      timeZone: "Etc/UTC",
      retryConfig: { retryCount: 0 },
    });
  });

  const secretsOf = ({ params }: Manifest) =>
    params.filter(({ type }) => type === "secret").map(({ name }) => name);

  it("asks for one secret", () => {
    expect(secretsOf(manifest)).toEqual(["OPENAI_API_KEY"]);
  });

  it("asks for the keys of those providers that are called, for the doors to models", async () => {
    const { manifest: other } = await discover({ PROVIDERS: "anthropic, azure" });
    const keys = ["ANTHROPIC_API_KEY", "AZURE_OPENAI_API_KEY"];
    expect(secretsOf(other)).toEqual(keys);
    const readers = Object.entries(other.endpoints).filter(
      ([, { secretEnvironmentVariables: secrets = [] }]) => secrets.length > 0,
    );
    expect(readers.map(([name]) => name).sort()).toEqual(["chat", "embed"]);
    for (const [, { secretEnvironmentVariables: secrets }] of readers) {
      expect(secrets?.map(({ key }) => key)).toEqual(keys);
    }
  });

  it("loads without a warning: nothing reads a parameter before it has a value", () => {
    expect(said).not.toMatch(/WARN|Error/);
  });
});

describe("the built functions", () => {
  const files = () => readdirSync(join(folder, "lib"), { recursive: true }) as string[];

  it("import what was built, not its sources", () => {
    const modules = files().filter((name) => name.endsWith(".js"));
    const wrong = modules.filter((name) =>
      /from "\.[^"]*\.ts"|import\("\.[^"]*\.ts"\)/.test(
        readFileSync(join(folder, "lib", name), "utf8"),
      ),
    );
    expect(modules).toContain("index.js");
    expect(wrong).toEqual([]);
  });

  it("bring the price book, and no tests", () => {
    expect(files()).toContain(join("pricing", "book", "openai.json"));
    expect(files().filter((name) => /\.test\.|testing|__fixtures__/.test(name))).toEqual([]);
  });
});
