/** Lines logged since this module was loaded; load it before firebase-functions, which keeps the console it finds. */
export const capturedLog: string[] = [];

for (const level of ["debug", "info", "log", "warn", "error"] as const) {
  console[level] = (...args: unknown[]) => {
    capturedLog.push(args.map(String).join(" "));
  };
}
