import type { Clock } from '../../common/clock';
import { BoxError, retryAfterOf } from '../../box/errors';
import type { Log } from '../../common/log';
import { LONGEST_SHARED_PAUSE_MS, PauseFiles } from './pauseFiles';
import { Pauses, type Pause } from './pauses';
import type { SessionRecord } from '../store/sessionRecord';

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** Dependencies of {@link RefreshBackoff}. */
export interface RefreshBackoffDependencies {
  /** Where the windows of one machine share pauses, made when it is missing. */
  readonly folder: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

/** The session that a pause is about. */
export type BackoffSubject = Pick<SessionRecord, 'id' | 'clientId' | 'origins'>;

/**
 * Keeps refreshes that fail from becoming a storm, in all windows of the machine together: after each failure the next
 * attempt waits longer, with ±25 % jitter, up to five minutes. What Box asks to wait counts besides, for every session
 * of the app. Until then the last error is the answer.
 */
export class RefreshBackoff {
  /** Our own patience, by session. */
  private readonly patience: Pauses;
  /** What Box asked for, by app. */
  private readonly asked: Pauses;

  constructor(private readonly dependencies: RefreshBackoffDependencies) {
    const { clock } = dependencies;
    const files = new PauseFiles(dependencies);
    this.patience = new Pauses({ files, clock, outlivesFile: false });
    this.asked = new Pauses({ files, clock, outlivesFile: true });
  }

  /** @throws the last error while the session's pause lasts, or what Box asked its app to wait: of any window */
  async check(subject: BackoffSubject): Promise<void> {
    throwWhile(...(await Promise.all([this.patience.last(subject.id), this.asked.last(appKey(subject))])));
  }

  /** @throws the last error while what Box asked the session's app to wait lasts: of any window */
  async checkAsked(subject: BackoffSubject): Promise<void> {
    throwWhile(await this.asked.last(appKey(subject)));
  }

  /** Notes a failure and begins a pause, in all windows when the error is one of Box's. Never throws. */
  async failed(subject: BackoffSubject, error: unknown): Promise<void> {
    const failures = ((await this.patience.last(subject.id))?.failures ?? 0) + 1;
    const jitter = 0.75 + this.dependencies.random() / 2;
    const length = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1) * jitter);
    await this.patience.begin(subject.id, { failures, error, length });
    await this.noteAsked(subject, error);
  }

  /**
   * Ends the session's pause in all windows and, because Box can be reached again, our own pauses of others in this
   * window. Never throws.
   */
  async succeeded(subject: BackoffSubject): Promise<void> {
    this.reset();
    await this.forget(subject);
  }

  /**
   * Ends every pause for this window: something has changed, so its next attempt may be made at once. What Box asked
   * for stays.
   */
  reset(): void {
    this.patience.waive();
  }

  /** Marks the last failure of a session, for {@link failureSince}: to be taken before waiting for the session's lock. */
  async stamp(subject: BackoffSubject): Promise<string | undefined> {
    return (await this.patience.last(subject.id))?.id;
  }

  /**
   * The last failure of a session where there was one after the stamp was taken and no success since: the answer to
   * whoever waited for the lock meanwhile, also when the pause is over. Undefined where it is no error of Box's.
   * @param stamp of {@link RefreshBackoff.stamp}.
   */
  async failureSince(subject: BackoffSubject, stamp: string | undefined): Promise<BoxError | undefined> {
    const last = await this.patience.last(subject.id);
    return last !== undefined && last.id !== stamp && last.error instanceof BoxError ? last.error : undefined;
  }

  /** Removes what is kept about a session that is gone. What Box asked its app to wait stays. Never throws. */
  async forget(subject: BackoffSubject): Promise<void> {
    await this.patience.end(subject.id);
    const asked = await this.asked.last(appKey(subject));
    if (asked?.left === 0) await this.asked.end(appKey(subject));
  }

  /** Notes what Box asks the session's app to wait, if anything. Never throws. */
  async noteAsked(subject: BackoffSubject, error: unknown): Promise<void> {
    const length = Math.min(LONGEST_SHARED_PAUSE_MS, retryAfterOf(error));
    const key = appKey(subject);
    const left = (await this.asked.last(key))?.left ?? 0;
    if (length > left) await this.asked.begin(key, { failures: 1, error, length });
  }
}

function throwWhile(...pauses: readonly (Pause | undefined)[]): void {
  for (const pause of pauses) if (pause !== undefined && pause.left > 0) throw pause.error;
}

function appKey({ clientId, origins }: BackoffSubject): string {
  return JSON.stringify([clientId, origins.api]);
}
