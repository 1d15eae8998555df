import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { runQuietly } from "../../tools/setup/commands.mjs";
import { findFirebaseTools } from "../../tools/setup/firebase-tools.mjs";
import { copyProject, PRIVATE_FILES, type ProjectCopy } from "./deployed-copy.ts";
import { DOORS, NAMES, namesOf } from "./doors.ts";
import {
  ACCOUNT,
  DATABASE_LOCATION,
  type FakeGoogle,
  fieldOf,
  PROJECT,
  type Recorded,
  startFakeGoogle,
} from "./fake-google.ts";
import { packageOf } from "./firebase-package.ts";
import { namesInZip } from "./zip.ts";

const script = findFirebaseTools(process.env);
const describeWithTools = script === undefined ? describe.skip : describe;
let project: ProjectCopy;
let google: FakeGoogle;
let outcome: { code: number; output: string };

/** The first deploy of a new project, as a pipeline makes it; nothing of this machine's environment reaches it. */
function deploy(firebase: string) {
  const home = join(project.path, "home");
  mkdirSync(home);
  const args = [firebase, "deploy", "--non-interactive", "--force", "--project", PROJECT];
  return runQuietly("node", args, {
    cwd: project.path,
    env: {
      ...google.env,
      PATH: process.env.PATH,
      HOME: home,
      CI: "true",
      FIREBASE_TOKEN: "fake",
      FIREBASE_CLI_DISABLE_UPDATE_CHECK: "1",
      FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: "true",
      METADATA_SERVER_DETECTION: "none",
    },
  });
}

function sent(method: string, path: RegExp): readonly Recorded[] {
  return google.requests.filter((each) => each.method === method && path.test(each.path));
}

function created(name: string): unknown {
  const all = sent("POST", /^\/v2\/.*\/functions$/);
  return all.find(({ query }) => query.get("functionId") === name)?.body;
}

describeWithTools("firebase deploy, against a fake of Google", () => {
  beforeAll(async () => {
    project = copyProject();
    google = await startFakeGoogle(packageOf(String(script)));
    outcome = await deploy(String(script));
  }, 240_000);

  afterAll(async () => {
    await google.stop();
    project.remove();
  });

  it("comes to its end", () => {
    expect(outcome.output).toContain("Deploy complete!");
    expect(outcome.output).not.toMatch(/unexpected state|wrong region|WARNING/);
    expect(outcome.code).toBe(0);
  });

  it("makes every function and no other", () => {
    const ids = sent("POST", /^\/v2\/.*\/functions$/).map(({ query }) => query.get("functionId"));
    expect(ids.sort()).toEqual(NAMES);
  });

  it.each(NAMES)("makes %s with its size and its limits", (name) => {
    const door = DOORS[name];
    expect(created(name)).toMatchObject({
      buildConfig: { runtime: "nodejs24", entryPoint: name },
      serviceConfig: {
        availableMemory: `${door?.memoryMb}Mi`,
        availableCpu: "1",
        maxInstanceCount: door?.maxInstances,
        maxInstanceRequestConcurrency: door?.concurrency,
        timeoutSeconds: door?.timeoutSeconds,
      },
    });
  });

  it.each(NAMES)("gives %s every parameter's value and no secret but its own", (name) => {
    const service = fieldOf(created(name), "serviceConfig");
    const file = parseEnv(readFileSync(join(project.path, "functions", ".env"), "utf8"));
    const secrets = (fieldOf(service, "secretEnvironmentVariables") ?? []) as { key: string }[];
    expect(fieldOf(service, "environmentVariables")).toMatchObject(file);
    expect(secrets.map(({ key }) => key)).toEqual(DOORS[name]?.secrets);
  });

  it("opens the callables to the internet, where tokens are looked at, and nothing else", () => {
    const invokers = sent("POST", /\/services\/\w+:setIamPolicy$/).map(({ path, body }) => [
      /services\/(\w+):/.exec(path)?.[1],
      JSON.stringify(body).includes("allUsers"),
    ]);
    const open = invokers.filter(([, isOpen]) => isOpen).map(([name]) => name);
    expect(open.sort()).toEqual(namesOf("callable").map((name) => name.toLowerCase()));
  });

  it("lets the functions' account read the one secret", () => {
    const [grant, ...others] = sent("POST", /\/secrets\/\w+:setIamPolicy$/);
    expect(grant?.path).toContain("/secrets/OPENAI_API_KEY:");
    expect(JSON.stringify(grant?.body)).toContain(ACCOUNT);
    expect(others).toEqual([]);
  });

  it("listens to new outbox documents where the database is, and retries", () => {
    expect(fieldOf(created("aggregateUsage"), "eventTrigger")).toMatchObject({
      eventType: "google.cloud.firestore.document.v1.created",
      retryPolicy: "RETRY_POLICY_RETRY",
      triggerRegion: DATABASE_LOCATION,
      eventFilters: expect.arrayContaining([
        { attribute: "database", value: "(default)" },
        expect.objectContaining({ attribute: "document", value: "usage_outbox/{outboxId}" }),
      ]),
    });
  });

  it("makes the topic of what Firestore did not take, and retries who listens to it", () => {
    expect(sent("PUT", /\/topics\/usage-overflow$/)).toHaveLength(1);
    expect(fieldOf(created("writeOverflow"), "eventTrigger")).toMatchObject({
      eventType: "google.cloud.pubsub.topic.v1.messagePublished",
      pubsubTopic: `projects/${PROJECT}/topics/usage-overflow`,
      retryPolicy: "RETRY_POLICY_RETRY",
    });
  });

  it("makes a job for each schedule, with a token and the deadline of its function", () => {
    const jobs = sent("POST", /\/jobs$/).map(({ body }) => body);
    expect(jobs).toHaveLength(namesOf("schedule").length);
    for (const job of jobs) {
      expect(job).toMatchObject({
        schedule: "every 5 minutes",
        timeZone: "Etc/UTC",
        attemptDeadline: "240s",
        retryConfig: { retryCount: 0 },
        httpTarget: { oidcToken: { serviceAccountEmail: ACCOUNT } },
      });
    }
  });

  it("releases the rules as they stand in the file", () => {
    const rules = readFileSync(join(project.path, "firestore.rules"), "utf8");
    const [ruleset] = sent("POST", /\/rulesets$/);
    expect(ruleset?.body).toMatchObject({ source: { files: [{ content: rules }] } });
  });

  it("makes every index, exemption and time to live", () => {
    const text = readFileSync(join(project.path, "firestore.indexes.json"), "utf8");
    const { indexes, fieldOverrides } = JSON.parse(text);
    const fields = sent("PATCH", /\/fields\/[^/]+$/);
    const withTtl = fields.filter(({ body }) => fieldOf(body, "ttlConfig") !== undefined);
    expect(sent("POST", /\/collectionGroups\/\w+\/indexes$/)).toHaveLength(indexes.length);
    expect(fields).toHaveLength(fieldOverrides.length);
    expect(withTtl).toHaveLength(fieldOverrides.filter(({ ttl }: { ttl?: true }) => ttl).length);
  });

  it("uploads what the functions run on, and nothing private", () => {
    const [upload] = sent("PUT", /^\/upload$/);
    const names = namesInZip(upload?.raw ?? Buffer.alloc(0));
    expect(names).toEqual(
      expect.arrayContaining(["package.json", "package-lock.json", "lib/index.js"]),
    );
    const unwanted = (name: string) =>
      PRIVATE_FILES.includes(name) || /^src\/|^node_modules|\.test\./.test(name);
    expect(names.filter(unwanted)).toEqual([]);
  });
});
