import { encodeKey } from "../core/ids.ts";
import { dayOf } from "../core/period.ts";
import type { UnpricedModelAlert } from "./alert.ts";
import { type AlertDeps, publish } from "./alerting.ts";
import { WINDOW_RETENTION_MS } from "./budget.ts";

/** Calls of a model that had no price, as they were booked. */
export interface UnpricedUse {
  readonly provider: string;
  /** "openai/gpt-9" */
  readonly model: string;
  readonly calls: number;
  readonly tokens: number;
  /** When they were booked. */
  readonly at: Date;
}

/** The first sign of a model without a price on a day; what follows on that day makes no further alert. */
export function unpricedAlert(use: UnpricedUse, now: Date): UnpricedModelAlert {
  const { provider, model, calls, tokens, at } = use;
  const day = dayOf(at.getTime());
  return {
    alertId: `unpriced_model:${encodeKey(model)}_${day}`,
    type: "unpriced_model",
    severity: "warning",
    provider,
    model,
    day,
    calls,
    tokens,
    message: messageOf(use),
    userId: null,
    createdAt: now,
    publishedAt: null,
    supersededBy: null,
    deliveries: [],
    acknowledgedBy: null,
    acknowledgedAt: null,
    expireAt: new Date(now.getTime() + WINDOW_RETENTION_MS),
  };
}

/** Reads alone: what it is about, how much of it, what to do. */
function messageOf({ model, calls, tokens }: UnpricedUse): string {
  const amount = `${calls} ${calls === 1 ? "call" : "calls"}, ${tokens} tokens`;
  return `No price for ${model}: ${amount} booked without a cost. Set a price, then re-price.`;
}

/** Creates what is not there yet, once per model and day, and publishes what it created. */
export async function alertUnpriced(
  deps: AlertDeps,
  uses: readonly UnpricedUse[],
  now: Date,
): Promise<number> {
  const created = await createUnpricedAlerts(deps, uses, now);
  await publish(deps, created, now);
  return created.length;
}

/** Without publishing, which a scheduled run does for all that is pending. */
export async function createUnpricedAlerts(
  deps: AlertDeps,
  uses: readonly UnpricedUse[],
  now: Date,
): Promise<UnpricedModelAlert[]> {
  const due = new Map(
    uses
      .filter(({ calls }) => calls > 0)
      .map((use) => {
        const alert = unpricedAlert(use, now);
        return [alert.alertId, alert];
      }),
  );
  if (due.size === 0) return [];
  const existing = await deps.store.existingAlerts([...due.keys()]);
  const created: UnpricedModelAlert[] = [];
  for (const alert of due.values()) {
    if (existing.has(alert.alertId)) continue;
    if (await deps.store.createAlert(alert)) created.push(alert);
  }
  return created;
}
