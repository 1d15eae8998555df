import type { ReportScope } from "../analytics/scope.ts";
import { type Caller, ownOrAdmin } from "./caller.ts";

/** Whose usage a report is about: one's own, or for administrators anybody's or everybody's. @throws NOT_OWNER */
export function reportScope(caller: Caller, userId: string | undefined): ReportScope {
  const whose = ownOrAdmin(caller, userId);
  return whose === undefined ? { kind: "everyone" } : { kind: "user", userId: whose };
}
