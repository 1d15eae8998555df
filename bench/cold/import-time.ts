/** node import-time.ts MODULE...: how many ms each import takes after those before it, in a process of their own. */
const timesMs: number[] = [];
for (const module of process.argv.slice(2)) {
  const startedMs = performance.now();
  await import(module);
  timesMs.push(performance.now() - startedMs);
}
process.stdout.write(JSON.stringify(timesMs), () => process.exit(0));
