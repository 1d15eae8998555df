import { describe, expect, it } from "@jest/globals";
import { Turns } from "./turns.ts";

describe("Turns", () => {
  it("runs jobs that share a key one after the other, in the order in which they came", async () => {
    const { run, log, end } = setUp();
    const all = [run("a", ["x", "y"]), run("b", ["y", "z"]), run("c", ["z"])];
    await settled();
    expect(log).toEqual(["a begins"]);
    end("a");
    await settled();
    expect(log).toEqual(["a begins", "a ends", "b begins"]);
    end("b");
    end("c");
    await Promise.all(all);
    expect(log).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("runs jobs without a common key at once", async () => {
    const { run, log } = setUp();
    void run("a", ["x"]);
    void run("b", ["y"]);
    await settled();
    expect(log).toEqual(["a begins", "b begins"]);
  });

  it("goes on after a job that failed, and hands on its error", async () => {
    const turns = new Turns();
    const failed = turns.run(["x"], async () => {
      throw new Error("no");
    });
    const next = turns.run(["x"], async () => "done");
    await expect(failed).rejects.toThrow("no");
    await expect(next).resolves.toBe("done");
  });
});

function setUp() {
  const turns = new Turns();
  const log: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const run = (name: string, keys: readonly string[]) => {
    const ending = Promise.withResolvers<void>();
    ends.set(name, ending);
    return turns.run(keys, async () => {
      log.push(`${name} begins`);
      await ending.promise;
      log.push(`${name} ends`);
    });
  };
  return { run, log, end: (name: string) => ends.get(name)?.resolve() };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
