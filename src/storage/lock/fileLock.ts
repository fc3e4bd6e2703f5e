import { join } from 'node:path';
import type { Clock } from '../../common/clock';
import type { Log } from '../../common/log';
import { LeaseLostError, LockTimeoutError } from '../errors';
import { nodeFileSystem, type FileSystem } from '../../common/fileSystem';
import { HeldLock } from './heldLock';
import { DEFAULT_LOCK_MS, type Lease, type LockedTask, type LockOptions } from './lock';
import { LockFile, type LockFileDependencies } from './lockFile';
import { removeLeftovers } from './lockLeftovers';
import { LockTaking } from './lockTaking';
import { within } from '../timeLimit';

export type { Lease, Lock, LockedTask, LockOptions } from './lock';

/** Dependencies of {@link FileLock}. */
export interface FileLockDependencies {
  /** The folder in which the lock's file is, made when it is missing. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: the machine's. */
  readonly files?: FileSystem;
}

/** How often a task is run again at most that has lost its lock. */
const MOST_RERUNS = 3;
/** Shortest time that a call of the file system may take, in ms, however short the wait for the lock. */
const SHORTEST_WAIT_MS = 50;

/**
 * A lock between processes: a file that exists while it is held (`O_EXCL`), whose time stamp the holder renews. The
 * lock of a crashed holder is taken over within seconds, that of one that hangs when its time to work is over. Where
 * the folder can never be written there is no lock, and each host is on its own.
 */
export class FileLock {
  readonly clock: Clock;
  private readonly file: LockFileDependencies;
  private hasWarned = false;
  private hasTidied = false;

  constructor(private readonly dependencies: FileLockDependencies) {
    const { clock, files = nodeFileSystem } = dependencies;
    this.clock = clock;
    this.file = { clock, files };
  }

  /**
   * As `Lock.withLock`, for the hosts of one machine.
   * @param name letters, digits and hyphens.
   * @returns what the task returns.
   * @throws LockTimeoutError, and what the task throws
   */
  async withLock<T>(name: string, task: LockedTask<T>, options: LockOptions = {}): Promise<T> {
    const { waitMs = DEFAULT_LOCK_MS } = options;
    let waited = 0;
    for (let reruns = 0; ; reruns++) {
      const began = this.clock.monotonic();
      const held = await this.take(name, options, Math.max(0, waitMs - waited));
      waited += this.clock.monotonic() - began;
      if (held === undefined) return task(UNLOCKED);
      try {
        return await task(held);
      } catch (error) {
        if (!(error instanceof LeaseLostError) || reruns === MOST_RERUNS) throw error;
      } finally {
        await held.release();
      }
    }
  }

  /** Removes what hosts that were killed left behind. Never fails. */
  async tidy(): Promise<void> {
    this.hasTidied = true;
    await removeLeftovers(this.dependencies.folder, this.file);
  }

  /** @returns undefined where there can be no lock. @throws LockTimeoutError */
  private take(name: string, options: LockOptions, waitMs: number): Promise<HeldLock | undefined> {
    // Also a call of the file system that never returns must not be waited for longer.
    return within(
      this.clock,
      Math.max(waitMs, SHORTEST_WAIT_MS),
      this.hold(name, options, waitMs),
      () => new LockTimeoutError(),
      (late) => {
        void late?.release();
      },
    );
  }

  private async hold(name: string, options: LockOptions, waitMs: number): Promise<HeldLock | undefined> {
    const { folder, log } = this.dependencies;
    const path = join(folder, `${name}.lock`);
    const file = new LockFile(path, this.file);
    const onRemoveDead = (): void => {
      log.warn('Took over the lock of a window that crashed');
    };
    const taken = await new LockTaking(file, { clock: this.clock, onRemoveDead }).take(waitMs);
    if (taken.state === 'never') {
      this.warnOnce(`Windows cannot be coordinated, because ${path} cannot be written (${taken.code})`);
      return undefined;
    }
    const retake = <T>(step: LockedTask<T>): Promise<T> => this.withLock(name, step, options);
    const held = new HeldLock(file, { clock: this.clock, retake }, taken.madeAt);
    held.startBeating(options.workMs ?? DEFAULT_LOCK_MS);
    this.tidyOnce();
    return held;
  }

  private warnOnce(message: string): void {
    if (!this.hasWarned) this.dependencies.log.warn(message);
    this.hasWarned = true;
  }

  private tidyOnce(): void {
    if (!this.hasTidied) void this.tidy();
  }
}

/** What a task is given where there is no lock. */
const UNLOCKED: Lease = {
  check: () => Promise.resolve(),
  whileHeld: (step) => step(UNLOCKED),
};
