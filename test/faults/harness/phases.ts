import { eventually } from "../../e2e/harness/eventually.ts";
import { type Planned, type Sent, sendTo } from "./load.ts";
import type { Scene } from "./scene.ts";

const ENOUGH_TIMEOUT_MS = 90_000;

/** A call of a load that goes on while things change: the phases in which it began and ended. */
export interface Told<Phase> extends Sent {
  readonly uid: string;
  readonly begun: Phase;
  readonly ended: Phase;
}

export interface PhasedLoad<Phase> {
  /** From now on calls begin and end in this phase. */
  enter(phase: Phase): void;
  /** Resolves once so many calls that began in this phase are answered. */
  answers(count: number): Promise<void>;
  /** Waits for those under way, and gives all of them. */
  stop(): Promise<readonly Told<Phase>[]>;
}

/** Sends a call every so often, however long the others take, to one process after the other, until it is stopped. */
export function startPhases<Phase>(
  scene: Scene,
  everyMs: number,
  first: Phase,
  plan: (index: number) => Planned,
): PhasedLoad<Phase> {
  const told: Told<Phase>[] = [];
  const calls: Promise<void>[] = [];
  let phase = first;
  const callOnce = async (index: number) => {
    const begun = phase;
    const planned = plan(index);
    const urls = scene.doors.urls();
    const sent = await sendTo(urls[index % urls.length] ?? "", scene, index, planned);
    told.push({ ...sent, uid: planned.uid, begun, ended: phase });
  };
  const timer = setInterval(() => calls.push(callOnce(calls.length)), everyMs);
  const isAnsweredHere = ({ begun, ending }: Told<Phase>) =>
    begun === phase && ending.kind === "answered";
  return {
    enter(name) {
      phase = name;
    },
    async answers(count) {
      const answered = async () => told.filter(isAnsweredHere).length;
      await eventually(answered, (seen) => seen >= count, ENOUGH_TIMEOUT_MS);
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(calls);
      return told;
    },
  };
}
