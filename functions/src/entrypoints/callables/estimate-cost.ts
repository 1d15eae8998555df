import { estimateCost as estimate } from "../../calls/estimate-cost.ts";
import { type EstimateCostResponse, estimateCostRequest } from "../../contracts/estimate-cost.ts";
import { chatCommand } from "../chat-command.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { callDeps } from "../wiring.ts";

/** What a chat call can cost at most; calls no model. */
export const estimateCost = defineCallable(
  estimateCostRequest,
  { ...DOOR, ...READER_DOOR, access: "user" },
  ({ data, caller }): Promise<EstimateCostResponse> =>
    estimate(callDeps(), chatCommand(caller, data, false)),
);
