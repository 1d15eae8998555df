import type { Asker } from "./callable.ts";
import { useDoors } from "./framework.ts";
import { ownProject } from "./own-project.ts";
import { type Claims, register, unsignedToken } from "./people.ts";
import { fireServed } from "./schedule.ts";

export interface OwnDeployment {
  readonly project: string;
  person(uid: string, claims?: Claims): Promise<Asker & { readonly uid: string }>;
  /** Fires a scheduled function, so many minutes from now. */
  run(name: string, inMinutes?: number): Promise<void>;
  /** What triggers would do: adds up what is in the outbox, and alerts. */
  aggregate(): Promise<void>;
}

/** The functions in a project of their own, for what acts on everyone or on any time: no other file meets it. */
export function useOwnDeployment(name: string): OwnDeployment {
  const { project, env } = ownProject(name);
  const doors = useDoors({ ...env, BUDGET_CACHE_SECONDS: "0" });
  const run = (scheduled: string, inMinutes = 0) => fireServed(doors().url, scheduled, inMinutes);
  return {
    project,
    async person(uid, claims = {}) {
      await register(project, { localId: uid });
      return { uid, idToken: unsignedToken(uid, { ...claims }, project), url: doors().url };
    },
    run,
    async aggregate() {
      await run("careForLedger", 2);
      await run("checkBudgets");
    },
  };
}
