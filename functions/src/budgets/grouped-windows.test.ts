import { expect, it } from "@jest/globals";
import { ManualClock } from "../core/testing/manual-clock.ts";
import type { BudgetWindow } from "./alert.ts";
import { groupedWindows } from "./grouped-windows.ts";
import { sampleBudget, sampleWindow } from "./testing/sample-budget.ts";

const clock = new ManualClock(Date.parse("2026-11-22T14:00:00Z"));
const windowOf = (windowId: string): BudgetWindow => ({
  ...sampleWindow(sampleBudget(), "2026-11"),
  windowId,
});

it("reads each window once for all who ask during a read, and gives each his own", async () => {
  const asked: (readonly string[])[] = [];
  const windows = groupedWindows(async (ids) => {
    asked.push(ids);
    return ids.map((id) => (id === "none" ? undefined : windowOf(id)));
  }, clock);
  const answers = await Promise.all(
    [["a"], ["b", "a"], ["none", "b"], ["a"]].map((ids) => windows(ids)),
  );
  expect(asked).toEqual([["a"], ["b", "a", "none"]]);
  const ids = answers.map((found) => found.map((window) => window?.windowId));
  expect(ids).toEqual([["a"], ["b", "a"], [undefined, "b"], ["a"]]);
});

it("tells all who asked that the store failed, and reads anew for the next", async () => {
  let reads = 0;
  const windows = groupedWindows(async (ids) => {
    reads += 1;
    if (reads === 1) throw new Error("no answer");
    return ids.map(windowOf);
  }, clock);
  await expect(windows(["a"])).rejects.toThrow("no answer");
  expect((await windows(["a"]))[0]?.windowId).toBe("a");
});
