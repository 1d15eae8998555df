import { Presets, SingleBar } from "cli-progress";
import type { Screen } from "./screen.ts";

/** Without a terminal: a line each time so many calls are done. */
const LINE_EVERY = 50;

export interface Progress {
  tick(failures: number): void;
  end(): void;
}

export function startProgress(screen: Screen, total: number): Progress {
  return screen.isLive ? bar(screen, total) : lines(screen, total);
}

function bar({ stream }: Screen, total: number): Progress {
  const format = "  {bar} {value} of {total} calls, {failures} failed, {duration_formatted}";
  const shown = new SingleBar(
    { format, stream, barsize: 28, clearOnComplete: true },
    Presets.shades_classic,
  );
  shown.start(total, 0, { failures: 0 });
  return {
    tick: (failures) => shown.increment(1, { failures }),
    end: () => shown.stop(),
  };
}

function lines({ line }: Screen, total: number): Progress {
  let done = 0;
  return {
    tick(failures) {
      done += 1;
      if (done % LINE_EVERY === 0) line(`  ${done} of ${total} calls, ${failures} failed`);
    },
    end: () => undefined,
  };
}
