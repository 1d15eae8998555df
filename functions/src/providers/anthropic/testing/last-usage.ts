/** A stream whose `message_delta` says this usage instead of its own; undefined: none at all. */
export function withLastUsage(stream: string, usage: unknown): string {
  const said = usage === undefined ? "" : `,"usage":${JSON.stringify(usage)}`;
  return stream.replace(
    /("type":"message_delta","delta":\{[^}]*\})[^\n]*/,
    (_, delta: string) => `${delta}${said}}`,
  );
}
