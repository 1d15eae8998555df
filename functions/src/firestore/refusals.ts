/** gRPC codes that say surely "not by this try"; all others leave the outcome open. */
const REFUSALS = {
  3: "invalid",
  5: "missing",
  6: "exists",
  7: "invalid",
  9: "stale",
} as const;

export type Refusal = (typeof REFUSALS)[keyof typeof REFUSALS];

export function refusalOf(code: unknown): Refusal | undefined {
  return REFUSALS[code as keyof typeof REFUSALS];
}
