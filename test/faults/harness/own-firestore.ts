import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolveFirestore } from "../../../tools/setup/firestore.mjs";
import { eventually } from "../../e2e/harness/eventually.ts";
import { freePort } from "../../e2e/harness/framework.ts";

/** A Firestore emulator beside the stack's, whose events go where they are told. */
export interface OwnFirestore {
  readonly address: string;
  /** Sends an event for each new document of a collection, as firebase-tools has it done for a function. */
  onCreated(project: string, collection: string): Promise<void>;
  stop(): Promise<void>;
}

/** @param eventsTo host and port of what it takes for the functions emulator */
export async function startFirestore(eventsTo: string): Promise<OwnFirestore> {
  const { kind, path } = await resolveFirestore(process.env);
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const flags = ["--host", "127.0.0.1", "--port", String(port), "--functions_emulator", eventsTo];
  const [program, ...args] = kind === "jar" ? ["java", "-jar", path, ...flags] : [path, ...flags];
  const child = spawn(program ?? path, args, { stdio: "ignore" });
  const ended = once(child, "exit");
  await eventually(
    () =>
      fetch(`http://${address}/`).then(
        () => true,
        () => false,
      ),
    (isUp) => isUp,
    60_000,
  );
  return {
    address,
    async onCreated(project, collection) {
      const trigger = `${project}/eventarcTrigger?eventarcTriggerId=${collection}`;
      const response = await fetch(`http://${address}/emulator/v1/projects/${trigger}`, {
        method: "POST",
        headers: { authorization: "Bearer owner", "content-type": "application/json" },
        body: JSON.stringify({
          eventType: "google.cloud.firestore.document.v1.created",
          database: "(default)",
          namespace: "(default)",
          document: { value: `${collection}/{id}`, matchType: "PATH_PATTERN" },
        }),
      });
      if (!response.ok) throw new Error(`no trigger: ${response.status} ${await response.text()}`);
    },
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
