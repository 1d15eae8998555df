import { randomUUID } from "node:crypto";

export interface OwnProject {
  readonly project: string;
  /** For the processes that serve it. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A project of its own in the same emulators. No trigger is registered for it, and nobody else is in it: events are
 * the test's to deliver, and scheduled functions may run at any time.
 */
export function ownProject(name: string): OwnProject {
  const project = `demo-${name}-${randomUUID().slice(0, 8)}`;
  const env = {
    GCLOUD_PROJECT: project,
    GOOGLE_CLOUD_PROJECT: project,
    FIREBASE_CONFIG: JSON.stringify({ projectId: project }),
  };
  return { project, env };
}
