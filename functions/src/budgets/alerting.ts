import type { Alert } from "./alert.ts";
import type { AlertPublisher, BudgetStore } from "./port.ts";

export interface AlertDeps {
  readonly store: BudgetStore;
  readonly publisher: AlertPublisher;
  /** One that fails never stops the others, and is tried again by the next run. */
  reportFailure(what: "window" | "alert", id: string, cause: unknown): void;
}

const MAX_UNPUBLISHED = 500;

/** Publishes what was created and never reached the topic; gives back how many did now. */
export async function publishPending(deps: AlertDeps, now: Date): Promise<number> {
  return publish(deps, await deps.store.unpublishedAlerts(MAX_UNPUBLISHED), now);
}

export async function publish(
  deps: AlertDeps,
  alerts: readonly Alert[],
  now: Date,
): Promise<number> {
  const published = alerts.map(async (alert) => {
    try {
      await deps.publisher.publish({ ...alert, publishedAt: now });
      await deps.store.markPublished(alert.alertId, now);
      return 1;
    } catch (cause) {
      deps.reportFailure("alert", alert.alertId, cause);
      return 0;
    }
  });
  return (await Promise.all(published)).reduce<number>((sum, one) => sum + one, 0);
}
