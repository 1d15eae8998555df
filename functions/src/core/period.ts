/** Calendar periods, always UTC. A period is part of a document's id, so nothing is ever reset. */
export const DAY_MS = 86_400_000;
export const WINDOWS = ["minute", "day", "month", "lifetime"] as const;
export type Window = (typeof WINDOWS)[number];

/** "2026-11-22" */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** "2026-11" */
export function monthOf(atMs: number): string {
  return dayOf(atMs).slice(0, 7);
}

/** 0 to 23 */
export function hourOf(atMs: number): number {
  return new Date(atMs).getUTCHours();
}

/** The period of a window that an instant falls in: "2026-11-22T14:03", "2026-11-22", "2026-11", "all". */
export function periodOf(window: Window, atMs: number): string {
  switch (window) {
    case "minute":
      return new Date(atMs).toISOString().slice(0, 16);
    case "day":
      return dayOf(atMs);
    case "month":
      return monthOf(atMs);
    case "lifetime":
      return "all";
    default:
      return window satisfies never;
  }
}

/** Half-open bounds of a period in ms; a lifetime begins at 0 and has no end. */
export function periodBounds(
  window: Window,
  period: string,
): { startMs: number; endMs: number | undefined } {
  switch (window) {
    case "minute": {
      const startMs = Date.parse(`${period}:00Z`);
      return { startMs, endMs: startMs + 60_000 };
    }
    case "day": {
      const startMs = Date.parse(`${period}T00:00:00Z`);
      return { startMs, endMs: startMs + DAY_MS };
    }
    case "month":
      return { startMs: monthStartMs(period), endMs: monthEndMs(period) };
    case "lifetime":
      return { startMs: 0, endMs: undefined };
    default:
      return window satisfies never;
  }
}

export function monthStartMs(month: string): number {
  return Date.parse(`${month}-01T00:00:00Z`);
}

/** The first instant of the month after. */
export function monthEndMs(month: string): number {
  const start = new Date(monthStartMs(month));
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}

/** Days touched by the half-open range, as "2026-11-22"; none when it is empty. */
export function daysBetween(fromMs: number, toMs: number): string[] {
  if (fromMs >= toMs) return [];
  const days: string[] = [];
  for (let atMs = Date.parse(dayOf(fromMs)); atMs < toMs; atMs += DAY_MS) days.push(dayOf(atMs));
  return days;
}

/** Months touched by the half-open range, as "2026-11"; none when it is empty. */
export function monthsBetween(fromMs: number, toMs: number): string[] {
  if (fromMs >= toMs) return [];
  const months: string[] = [];
  for (let atMs = monthStartMs(monthOf(fromMs)); atMs < toMs; atMs = monthEndMs(monthOf(atMs))) {
    months.push(monthOf(atMs));
  }
  return months;
}
