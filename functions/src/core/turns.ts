/** Jobs that share a key run one after the other, in the order in which they came; others run at once. */
export class Turns {
  private readonly tails = new Map<string, Promise<void>>();

  async run<T>(keys: readonly string[], job: () => Promise<T>): Promise<T> {
    const before = Promise.all(keys.map((key) => this.tails.get(key)));
    let done: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => {
      done = resolve;
    });
    for (const key of keys) this.tails.set(key, turn);
    try {
      await before;
      return await job();
    } finally {
      done();
      for (const key of keys) if (this.tails.get(key) === turn) this.tails.delete(key);
    }
  }
}
