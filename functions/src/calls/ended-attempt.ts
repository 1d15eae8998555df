import { INPUT_CLASSES, inputTokens, NO_USAGE, outputTokens, type Usage } from "../core/tokens.ts";
import type { EndedCall } from "./attempts.ts";
import { believedUsage, isSure, readUsage } from "./believed-usage.ts";
import { doubtAboutModel, type EndedAttempt } from "./close-call.ts";
import type { OpenCall, TokenEstimate } from "./open-call.ts";
import type { ChatAnswer, ProviderFailure } from "./port.ts";

/** What an answer says for its bill, whatever was asked for. */
export type Billable = Pick<
  ChatAnswer,
  "modelAnswered" | "providerRequestId" | "rawUsage" | "serviceTier"
> &
  Partial<Pick<ChatAnswer, "finishReason" | "isUsagePartial">>;

/**
 * What a call of a provider used, and how it ended.
 * @param countOutput counts what was received; asked only when the provider's own count is none or not to be believed
 */
export async function endedAttempt(
  call: OpenCall,
  estimate: TokenEstimate,
  ended: EndedCall<Billable>,
  countOutput: () => Promise<number>,
): Promise<EndedAttempt> {
  const { answer, failure, startedAtMs, endedAtMs, firstChunkMs } = ended;
  return {
    status: statusOf(ended),
    usage: await usageOf(call, estimate, ended, countOutput),
    rawUsage: answer.rawUsage,
    modelAnswered: answer.modelAnswered,
    providerRequestId: answer.providerRequestId ?? failure?.providerRequestId ?? null,
    serviceTier: answer.serviceTier,
    firstChunkMs,
    isSent: failure?.sent !== "nothing",
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
  call: OpenCall,
  { inputTokens }: TokenEstimate,
  { answer, failure }: EndedCall<Billable>,
  countOutput: () => Promise<number>,
): Promise<Usage> {
  if (failure && !failure.maybeBilled) return NO_USAGE;
  const reported =
    answer.rawUsage === undefined
      ? untold(failure)
      : readUsage((raw) => call.model.provider.convertUsage(raw), answer.rawUsage);
  if (isBeginning(answer, failure))
    return usageSoFar(reported, inputTokens, await countOutput(), failure);
  const doubt = doubtAboutModel(call, answer.modelAnswered);
  if (isSure(reported) && !doubt) return reported;
  return believedUsage(reported, { inputTokens, outputTokens: await countOutput() }, doubt);
}

function isBeginning(answer: Billable, failure: ProviderFailure | undefined): boolean {
  const brokeOff = failure !== undefined && answer.finishReason === null;
  return answer.rawUsage !== undefined && (brokeOff || answer.isUsagePartial === true);
}

/**
 * What was said of an answer that broke off counts the input, and no more than a beginning of the output: Anthropic
 * begins with 25 input tokens and 1 of the output, and 40 were received: 25 and 40.
 */
function usageSoFar(
  reported: Usage,
  sentTokens: number,
  receivedTokens: number,
  failure: ProviderFailure | undefined,
): Usage {
  const told = isSure(reported) ? reported.classes : {};
  const said = inputTokens(told) > 0 ? told : { ...told, input: sentTokens };
  const input = INPUT_CLASSES.flatMap((name) => (said[name] ? [[name, said[name]] as const] : []));
  const output = Math.max(outputTokens(said), receivedTokens);
  return { ...untold(failure), classes: { ...Object.fromEntries(input), output } };
}

function untold(failure: ProviderFailure | undefined): Usage {
  const estimatedBecause = failure ? "stream_ended_early" : "usage_missing";
  return { classes: {}, status: "estimated", estimatedBecause };
}
