import { NO_USAGE, type Usage } from "../core/tokens.ts";
import type { EndedCall } from "./attempts.ts";
import { believedUsage, doubtAboutModel, type EndedAttempt, isSure } from "./close-call.ts";
import type { CallDeps } from "./deps.ts";
import type { OpenCall, TokenEstimate } from "./open-call.ts";
import type { ChatAnswer, ProviderFailure } from "./port.ts";

/** What an answer says for its bill, whatever was asked for. */
export type Billable = Pick<ChatAnswer, "modelAnswered" | "providerRequestId" | "rawUsage">;

/**
 * What a call of a provider used, and how it ended.
 * @param countOutput counts what was received; asked only when the provider's own count is none or not to be believed
 */
export async function endedAttempt(
  deps: CallDeps,
  call: OpenCall,
  estimate: TokenEstimate,
  ended: EndedCall<Billable>,
  countOutput: () => Promise<number>,
): Promise<EndedAttempt> {
  const { answer, failure, startedAtMs, endedAtMs, firstChunkMs } = ended;
  return {
    status: statusOf(ended),
    usage: await usageOf(deps, call, estimate, ended, countOutput),
    rawUsage: answer.rawUsage,
    modelAnswered: answer.modelAnswered,
    providerRequestId: answer.providerRequestId ?? failure?.providerRequestId ?? null,
    firstChunkMs,
    startedAtMs,
    endedAtMs,
  };
}

/** One whose caller left is aborted, although the provider may have come to its end meanwhile. */
function statusOf({ failure, wasLeft }: EndedCall<unknown>): EndedAttempt["status"] {
  if (wasLeft || failure?.kind === "aborted") return "aborted";
  return failure ? "error" : "ok";
}

async function usageOf(
  deps: CallDeps,
  call: OpenCall,
  { inputTokens }: TokenEstimate,
  { answer, failure }: EndedCall<Billable>,
  countOutput: () => Promise<number>,
): Promise<Usage> {
  if (failure && !failure.maybeBilled) return NO_USAGE;
  const reported =
    answer.rawUsage === undefined
      ? untold(failure)
      : call.model.provider.convertUsage(answer.rawUsage);
  const doubt = doubtAboutModel(deps, call, answer.modelAnswered);
  if (isSure(reported) && !doubt) return reported;
  return believedUsage(reported, { inputTokens, outputTokens: await countOutput() }, doubt);
}

function untold(failure: ProviderFailure | undefined): Usage {
  const estimatedBecause = failure ? "stream_ended_early" : "usage_missing";
  return { classes: {}, status: "estimated", estimatedBecause };
}
