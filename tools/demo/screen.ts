import pc from "picocolors";

export type Colors = ReturnType<typeof pc.createColors>;

export const WIDTH = 80;

/** Where everything for people goes: standard output, or standard error beside a JSON document. */
export interface Screen {
  readonly stream: NodeJS.WriteStream;
  /** A terminal, which can be redrawn. */
  readonly isLive: boolean;
  readonly colors: Colors;
  line(text?: string): void;
}

export function createScreen(
  stream: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Screen {
  const isLive = stream.isTTY === true && env.TERM !== "dumb";
  return {
    stream,
    isLive,
    // https://no-color.org: any value but an empty one.
    colors: pc.createColors(isLive && !env.NO_COLOR),
    line: (text = "") => void stream.write(`${text}\n`),
  };
}
