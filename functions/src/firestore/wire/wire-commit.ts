import type { CommitOutcome, Version, Write } from "../../ledger/plan.ts";
import { atDeadline, StoreTimeoutError } from "../deadline.ts";
import { refusalOf } from "../refusals.ts";
import { encodeCommit } from "./commit-request.ts";
import { decodeVersions } from "./commit-response.ts";
import { type Connection, connect, type DatabaseAddress, databaseName } from "./connection.ts";

const COMMIT = "/google.firestore.v1.Firestore/Commit";
/** As long as the SDK waits: a try that nobody waits for any more still says when it can no longer land. */
const TRY_TIMEOUT_MS = 60_000;
/**
 * RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE: as the SDK does, such a try is repeated. It may have landed, and the
 * plan's precondition then refuses its repetition.
 */
const REPEATED: readonly unknown[] = [8, 10, 14];
/** The first repetition follows at once: mostly an idle connection was closed at that moment. */
const FIRST_PAUSE_MS = 5;
const MAX_PAUSE_MS = 1_000;

/** Applies plans through gRPC itself, at a third of what the SDK's client takes for a commit. */
export interface WireClient {
  commit(writes: readonly Write[], deadlineMs: number): Promise<CommitOutcome>;
  close(): Promise<void>;
}

export function wireClient(address: DatabaseAddress): WireClient {
  let opened: Promise<Connection> | undefined;
  const open = () => {
    opened ??= connect(address).catch((cause: unknown) => {
      opened = undefined;
      throw cause;
    });
    return opened;
  };
  return {
    commit(writes, deadlineMs) {
      try {
        const request = encodeCommit(databaseName(address), writes);
        return new Promise((resolve) => new Commit(open, request, deadlineMs, resolve).begin());
      } catch (cause) {
        return Promise.resolve({ status: "refused", why: "invalid", cause });
      }
    },
    async close() {
      (await opened?.catch(() => undefined))?.client.close();
    },
  };
}

/** One commit until it has ended; whoever waits is told at the deadline at the latest. */
class Commit {
  private readonly open: () => Promise<Connection>;
  private readonly request: Buffer;
  private readonly dueMs: number;
  private readonly resolve: (outcome: CommitOutcome) => void;
  private readonly cancelDeadline: () => void;
  private pauseMs = FIRST_PAUSE_MS;
  private isLate = false;
  private onEnd = () => {};

  constructor(
    open: () => Promise<Connection>,
    request: Buffer,
    deadlineMs: number,
    resolve: (outcome: CommitOutcome) => void,
  ) {
    this.open = open;
    this.request = request;
    this.dueMs = Date.now() + deadlineMs;
    this.resolve = resolve;
    this.cancelDeadline = atDeadline(deadlineMs, () => this.beLate(deadlineMs));
  }

  begin(): void {
    this.open().then(
      (connection) => this.send(connection),
      (cause: unknown) => this.fail(cause),
    );
  }

  private send({ client, metadata }: Connection): void {
    if (this.isLate) {
      this.onEnd();
      return;
    }
    client.makeUnaryRequest(
      COMMIT,
      asItIs,
      decodeVersions,
      this.request,
      metadata,
      { deadline: Date.now() + TRY_TIMEOUT_MS },
      (cause, versions) => {
        if (cause) this.fail(cause);
        else this.end({ status: "done", versions: versions as Version[] });
      },
    );
  }

  private fail(cause: unknown): void {
    const { code } = cause as { readonly code?: unknown };
    const leftMs = this.dueMs - Date.now();
    const pauseMs = this.pauseMs * Math.random();
    if (REPEATED.includes(code) && pauseMs < leftMs) {
      this.pauseMs = Math.min(4 * this.pauseMs, MAX_PAUSE_MS);
      setTimeout(() => this.begin(), pauseMs);
      return;
    }
    const why = refusalOf(code);
    this.end(
      why
        ? { status: "refused", why, cause }
        : { status: "unclear", cause, ended: Promise.resolve() },
    );
  }

  /** The try goes on: its end says when the commit can no longer land. */
  private beLate(deadlineMs: number): void {
    this.isLate = true;
    const ended = new Promise<void>((resolve) => {
      this.onEnd = resolve;
    });
    const cause = new StoreTimeoutError(deadlineMs);
    this.resolve({ status: "unclear", cause, ended });
  }

  private end(outcome: CommitOutcome): void {
    if (this.isLate) {
      this.onEnd();
      return;
    }
    this.cancelDeadline();
    this.resolve(outcome);
  }
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
