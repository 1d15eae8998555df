/**
 * Shows one line for a long step: its name at once, its seconds when it ends. On a terminal the
 * seconds count along.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {{ write(text: string): unknown, isTTY?: boolean }} out
 * @returns {Promise<T>}
 */
export async function step(name, work, out = process.stderr) {
  const startedMs = performance.now();
  const seconds = () => `${Math.round((performance.now() - startedMs) / 1000)} s`;
  out.write(`${name} ... `);
  const ticker = out.isTTY
    ? setInterval(() => out.write(`\r${name} ... ${seconds()} `), 1000)
    : undefined;
  const end = (/** @type {string} */ text) => {
    clearInterval(ticker);
    out.write(out.isTTY ? `\r${name} ... ${text}   \n` : `${text}\n`);
  };
  try {
    const result = await work();
    end(seconds());
    return result;
  } catch (error) {
    end(`failed after ${seconds()}`);
    throw error;
  }
}
