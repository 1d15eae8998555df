import type { AbortDelay } from "../abort.ts";
import type { AggregateDelay } from "../aggregate-delay.ts";
import type { BeforeProvider } from "../before-provider.ts";
import { formatFigure, formatSpread } from "../markdown.ts";
import { spread } from "../statistics.ts";

export function renderBeforeProvider({ slowerMs, usualMs, slowMs }: BeforeProvider): string[] {
  return [
    `Without a budget, one stream after the other: first chunk p50 ${formatSpread(spread(usualMs))} ms, and ${formatSpread(spread(slowMs))} ms with a Firestore whose every answer comes ${slowerMs} ms later.`,
  ];
}

export function renderAborts({ streams, delayMs }: AbortDelay): string[] {
  return [
    `${streams} streams, one after the other, left after their first piece: the model's connection was closed ${formatSpread(delayMs)} ms later.`,
  ];
}

export function renderAggregateDelay({ calls, p50Ms, p99Ms, maxMs }: AggregateDelay): string[] {
  return [
    `${calls} calls, one after the other, through the functions emulator: p50 ${formatFigure(p50Ms)} ms, p99 ${formatFigure(p99Ms)} ms, longest ${formatFigure(maxMs)} ms.`,
  ];
}
