import { afterAll, beforeAll } from "@jest/globals";
import { type SimModel, startSimModel } from "../../../tools/sim-model/server.ts";
import { serveDoors } from "../../e2e/harness/framework.ts";
import { ownProject } from "../../e2e/harness/own-project.ts";
import { type Claims, register, unsignedToken } from "../../e2e/harness/people.ts";
import { type FaultyLink, faultyLink } from "./faulty-link.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { type Random, seededBy } from "./random.ts";

const UP_TIMEOUT_MS = 120_000;
export const ADMIN = "admin";

/** A deployment of several processes, alone in its project, with a model of its own and links that can fail. */
export interface Scene {
  readonly project: string;
  readonly random: Random;
  /** What all its processes are started with. */
  readonly env: Readonly<Record<string, string>>;
  /** Its records say what reached the provider. */
  readonly model: SimModel;
  readonly firestore: FaultyLink;
  readonly pubsub: FaultyLink;
  /** Processes that serve every HTTP function. */
  readonly doors: Fleet;
  tokenOf(uid: string, claims?: Claims): string;
}

export interface SceneOptions {
  readonly name: string;
  readonly processes: number;
  readonly users: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Up for the length of a test file; prints the seed. */
export function useScene(options: SceneOptions): () => Scene {
  let scene: Scene | undefined;
  beforeAll(async () => {
    scene = await build(options);
  }, UP_TIMEOUT_MS);
  afterAll(async () => {
    if (!scene) return;
    await scene.doors.stop();
    await Promise.all([scene.firestore.close(), scene.pubsub.close(), scene.model.stop()]);
  });
  return () => {
    if (scene === undefined) throw new Error("the scene is not up yet");
    return scene;
  };
}

async function build({ name, processes, users, env: more }: SceneOptions): Promise<Scene> {
  const { project, env: own } = ownProject(name);
  const [model, firestore, pubsub] = await Promise.all([
    startSimModel(),
    faultyLink(process.env.FIRESTORE_EMULATOR_HOST ?? ""),
    faultyLink(process.env.PUBSUB_EMULATOR_HOST ?? ""),
  ]);
  const env = {
    ...own,
    FIRESTORE_EMULATOR_HOST: firestore.address,
    PUBSUB_EMULATOR_HOST: pubsub.address,
    OPENAI_BASE_URL: `${model.url}/v1`,
    OPENAI_API_KEY: "sk-simulated",
    ...more,
  };
  await Promise.all([ADMIN, ...users].map((localId) => register(project, { localId })));
  const doors = await startFleet(processes, () => serveDoors(env));
  const tokenOf = (uid: string, claims: Claims = {}) => unsignedToken(uid, { ...claims }, project);
  return { project, random: seededBy(name), env, model, firestore, pubsub, doors, tokenOf };
}
