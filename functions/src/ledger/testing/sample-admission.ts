import { applicableWindows } from "../../budgets/applicable.ts";
import type { Budget } from "../../budgets/budget.ts";
import { blockedWindow, movesOf, scopeIdsOf } from "../../calls/request.ts";
import type { AdmissionRequest } from "../admission.ts";
import { type SampleCall, sampleAttribution, sampleHold } from "./sample-call.ts";

export interface SampleAdmission extends Omit<SampleCall, "windows" | "bound" | "budgets"> {
  readonly budgets: readonly Budget[];
  readonly inputTokens?: number;
  /** What it asks for, at least and at most. */
  readonly output?: readonly [least: number, most: number];
  readonly idIsTheClients?: boolean;
}

/** What asks for admission, as `calls/admit-call.ts` makes it: 1 dollar per million input tokens, 4 for output. */
export function sampleAdmission(call: SampleAdmission): AdmissionRequest {
  const { inputTokens = 0, output: [least, most] = [250, 250], idIsTheClients = false } = call;
  const attribution = sampleAttribution(call.attribution);
  const all = applicableWindows(call.budgets, scopeIdsOf(attribution, "demo"), call.startedAtMs);
  const windows = all
    .filter(({ budget }) => budget.enforcement === "block")
    .map(blockedWindow)
    .sort((a, b) => (a.move.windowId < b.move.windowId ? -1 : 1));
  const holdFor = (outputTokens: number, reserved: readonly number[]) => {
    const taken = new Map(windows.map(({ move }, at) => [move.windowId, reserved[at] ?? 0]));
    const bound = { inputTokens, outputTokens };
    return sampleHold({ ...call, bound, windows: movesOf(all, taken) });
  };
  return {
    identity: holdFor(0, []),
    windows,
    output: { least, most },
    amountsAt(outputTokens) {
      const { bound } = holdFor(outputTokens, []);
      const amounts = { usd: bound.nanoUsd, tokens: inputTokens + outputTokens, requests: 1 };
      return windows.map(({ budget }) => amounts[budget.unit]);
    },
    holdFor,
    idIsTheClients,
  };
}
