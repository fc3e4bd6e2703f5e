import { sleep, type Clock } from '../../common/clock';
import { LeaseLostError } from '../errors';
import type { Lease, LockedTask } from './lock';
import type { LockFile, Ownership } from './lockFile';

/** Dependencies of {@link HeldLock}. */
export interface HeldLockDependencies {
  readonly clock: Clock;
  /** Runs a step after taking the lock again. */
  readonly retake: <T>(step: LockedTask<T>) => Promise<T>;
}

/** How often the holder shows that it lives, in ms. */
const HEARTBEAT_MS = 1000;
/** A check of a lock whose last sign of life is older than this shows another, in ms. */
const BEAT_DUE_MS = 1500;
/** For so long after a sign of life nobody can have taken the lock, in ms: a holder counts as dead after 4 s. */
const SAFE_MS = 3000;
/** What cannot be told is asked again after this time, in ms. */
const RETRY_MS = 50;
/** How often it is asked again at most. */
const MOST_TRIES = 20;

/** A lock's file that is ours, and shows that we live. */
export class HeldLock implements Lease {
  /** When a sign of life surely reached our file, by the monotonic clock in ms. */
  private lastBeat: number;
  private isLost = false;
  private isReleased = false;
  private cancelBeat = (): void => undefined;

  /** @param madeAt when the file was made at the earliest, by the monotonic clock in ms; undefined if nobody knows. */
  constructor(
    private readonly file: LockFile,
    private readonly dependencies: HeldLockDependencies,
    madeAt: number | undefined,
  ) {
    this.lastBeat = madeAt ?? -Infinity;
  }

  /** Shows every second that the holder lives. @param workMs for how long, in ms. */
  startBeating(workMs: number): void {
    const { clock } = this.dependencies;
    const end = clock.monotonic() + workMs;
    const beatAfter = (ms: number): void => {
      this.cancelBeat = clock.after(ms, () => void beatOnce());
    };
    const beatOnce = async (): Promise<void> => {
      if (clock.monotonic() >= end) return;
      const before = this.lastBeat;
      await this.beat();
      if (!this.isLost && !this.isReleased) beatAfter(this.lastBeat > before ? HEARTBEAT_MS : RETRY_MS);
    };
    beatAfter(HEARTBEAT_MS);
  }

  async check(): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES && this.isOpen(); tries++) {
      await this.prove();
      if (this.isSafe()) return;
      if (this.isOpen()) await sleep(this.dependencies.clock, RETRY_MS);
    }
    throw new LeaseLostError();
  }

  async whileHeld<T>(step: LockedTask<T>): Promise<T> {
    try {
      await this.check();
      return await step(this);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
    }
    // Where nobody could tell whose the file is, it may be ours and in our way.
    await this.release();
    return this.dependencies.retake(step);
  }

  /** Ends the lease and removes its file, never somebody else's. A file that cannot be removed is dead in seconds. */
  async release(): Promise<void> {
    this.cancelBeat();
    if (this.isReleased) return;
    this.isReleased = true;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      await this.prove();
      if (this.isLost) return;
      if (this.isRecent()) {
        const removed = await this.file.remove();
        if (removed.state === 'gone' || removed.isFinal) return;
      }
      await sleep(this.dependencies.clock, RETRY_MS);
    }
  }

  private isOpen(): boolean {
    return !this.isLost && !this.isReleased;
  }

  private isSafe(): boolean {
    return this.isOpen() && this.isRecent();
  }

  private isRecent(): boolean {
    return this.dependencies.clock.monotonic() - this.lastBeat < SAFE_MS;
  }

  /** Looks whose the file is, with a new sign of life where the last is not new. */
  private async prove(): Promise<void> {
    const isDue = this.dependencies.clock.monotonic() - this.lastBeat >= BEAT_DUE_MS;
    await (isDue ? this.beat() : this.look());
  }

  private async beat(): Promise<void> {
    if ((await this.look()) !== 'ours') return;
    const now = this.dependencies.clock.monotonic();
    if (!(await this.file.touch())) return;
    // Only a file that is ours afterwards too was surely ours when it was touched.
    if ((await this.look()) === 'ours') this.lastBeat = Math.max(this.lastBeat, now);
  }

  private async look(): Promise<Ownership> {
    const ownership = await this.file.ownership();
    if (ownership === 'other' || ownership === 'gone') {
      this.isLost = true;
      this.cancelBeat();
    }
    return ownership;
  }
}
