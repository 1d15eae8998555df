import type { grpc } from "google-gax";
import type { CommitOutcome, Version, Write } from "../../ledger/plan.ts";
import { atDeadline, StoreTimeoutError } from "../deadline.ts";
import { refusalOf } from "../refusals.ts";
import { type Channel, Channels } from "./channels.ts";
import { encodeCommit } from "./commit-request.ts";
import { decodeVersions } from "./commit-response.ts";
import { type Connection, connect, type DatabaseAddress, databaseName } from "./connection.ts";

const COMMIT = "/google.firestore.v1.Firestore/Commit";
/** As long as the SDK waits. The server is told, and gives up what it has not begun by then. */
const TRY_TIMEOUT_MS = 60_000;
/** What a try may still do after that: the way there, and a server that was about to write. */
const LANDING_MARGIN_MS = 5_000;
const DEADLINE_EXCEEDED = 4;
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

/** @param canLandMs how long after it was sent a try may land of whose end nothing is known */
export function wireClient(
  address: DatabaseAddress,
  canLandMs = TRY_TIMEOUT_MS + LANDING_MARGIN_MS,
): WireClient {
  const channels = new Channels(() => connect(address));
  return {
    commit(writes, deadlineMs) {
      try {
        const request = encodeCommit(databaseName(address), writes);
        return new Promise((resolve) =>
          new Commit(channels, request, { deadlineMs, canLandMs }, resolve).begin(),
        );
      } catch (cause) {
        return Promise.resolve({ status: "refused", why: "invalid", cause });
      }
    },
    close: () => channels.close(),
  };
}

interface CommitTimes {
  readonly deadlineMs: number;
  readonly canLandMs: number;
}

/** One commit until it has ended; whoever waits is told at the deadline at the latest. */
class Commit {
  private readonly channels: Channels;
  private readonly request: Buffer;
  private readonly times: CommitTimes;
  private readonly dueMs: number;
  private readonly resolve: (outcome: CommitOutcome) => void;
  private readonly cancelDeadline: () => void;
  private channel: Channel | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  /** Until when a try that ended without the server's word may still land. */
  private landsUntilMs = 0;
  private isLate = false;
  private onEnd = () => {};

  constructor(
    channels: Channels,
    request: Buffer,
    times: CommitTimes,
    resolve: (outcome: CommitOutcome) => void,
  ) {
    this.channels = channels;
    this.request = request;
    this.times = times;
    this.dueMs = Date.now() + times.deadlineMs;
    this.resolve = resolve;
    this.cancelDeadline = atDeadline(times.deadlineMs, () => this.beLate());
  }

  begin(): void {
    if (this.isLate) {
      this.end(undefined);
      return;
    }
    const channel = this.channels.use(Date.now());
    this.channel = channel;
    channel.opened.then(
      (connection) => this.send(channel, connection),
      (cause: unknown) => {
        this.channels.unheard(channel);
        this.fail(cause);
      },
    );
  }

  private send(channel: Channel, { client, metadata }: Connection): void {
    if (this.isLate) {
      this.channels.unheard(channel);
      this.end(undefined);
      return;
    }
    const sentMs = Date.now();
    client.makeUnaryRequest(
      COMMIT,
      asItIs,
      decodeVersions,
      this.request,
      metadata,
      { deadline: sentMs + TRY_TIMEOUT_MS },
      (cause, versions) => {
        if (cause?.code === DEADLINE_EXCEEDED) this.channels.unheard(channel);
        else this.channels.heard(channel);
        if (!cause) this.end({ status: "done", versions: versions as Version[] });
        else this.failAfter(sentMs, cause);
      },
    );
  }

  /** A connection that broke says nothing of what the server does with what it was sent. */
  private failAfter(sentMs: number, cause: grpc.ServiceError): void {
    if (!refusalOf(cause.code)) this.landsUntilMs = sentMs + this.times.canLandMs;
    this.fail(cause);
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
        : { status: "unclear", cause, ended: this.whenNoneCanLand() },
    );
  }

  /** The try goes on: its end says when the commit can no longer land. */
  private beLate(): void {
    this.isLate = true;
    if (this.channel) this.channels.missed(this.channel, Date.now());
    const ended = new Promise<void>((resolve) => {
      this.onEnd = resolve;
    });
    const cause = new StoreTimeoutError(this.times.deadlineMs);
    this.resolve({ status: "unclear", cause, ended });
  }

  /** @param outcome undefined: the last try was not even sent */
  private end(outcome: CommitOutcome | undefined): void {
    if (this.isLate) {
      if (outcome?.status === "done") this.onEnd();
      else void this.whenNoneCanLand().then(this.onEnd);
      return;
    }
    this.cancelDeadline();
    if (outcome) this.resolve(outcome);
  }

  private whenNoneCanLand(): Promise<void> {
    const leftMs = this.landsUntilMs - Date.now();
    if (leftMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      setTimeout(resolve, leftMs).unref();
    });
  }
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
