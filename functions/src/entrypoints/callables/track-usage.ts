import { trackUsage as track } from "../../calls/track-usage.ts";
import { trackedAtMs } from "../../contracts/ranges.ts";
import { type TrackUsageResponse, trackUsageRequest } from "../../contracts/track-usage.ts";
import { attributionOf } from "../attribution.ts";
import { subjectFor } from "../caller.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { systemClock } from "../system-clock.ts";
import { trackDeps } from "../wiring.ts";

/** Books a call that a service made elsewhere, for one of its users. */
export const trackUsage = defineCallable(
  trackUsageRequest,
  { ...DOOR, ...READER_DOOR, access: "service" },
  ({ data, caller }): Promise<TrackUsageResponse> => {
    const {
      requestId,
      provider,
      model,
      userId,
      usage,
      status,
      latencyMs = 0,
      at,
      ...claimed
    } = data;
    // Org and department are proven by a token or not at all, and the service's own are not its user's.
    const user = { uid: userId, orgId: null, department: null };
    const request = {
      subject: subjectFor(caller, userId),
      attribution: attributionOf(user, claimed, {
        operation: "chat",
        endpoint: claimed.endpoint ?? "trackUsage",
      }),
      requestId,
      model: `${provider}/${model}`,
      payload: { provider, model, userId, usage, status, latencyMs, at, ...claimed },
    };
    const startedAtMs = trackedAtMs(at, systemClock.nowMs());
    return track(trackDeps(), { request, rawUsage: usage, status, latencyMs, startedAtMs });
  },
);
