import { LONGEST_TIMER_MS, type Clock } from '../../common/clock';
import { LockTimeoutError } from '../errors';
import type { FileLock } from './fileLock';
import { DEFAULT_LOCK_MS, type Lock, type LockedTask, type LockOptions } from './lock';
import { within } from '../timeLimit';

export type { Lock } from './lock';

/**
 * A lock across the windows of one machine. Within this window the tasks of one name run one after the other, so
 * that only the first of them takes the file.
 */
export class CrossWindowLock implements Lock {
  /** By name: resolves when the turn of the last task in the queue is over. */
  private readonly tails = new Map<string, Promise<void>>();
  private readonly running = new Set<Promise<unknown>>();

  private loading: Promise<FileLock> | undefined;

  /** @param loadFiles loads the lock between windows, when it is first needed. */
  constructor(
    private readonly clock: Clock,
    private readonly loadFiles: () => Promise<FileLock>,
  ) {}

  async withLock<T>(name: string, task: LockedTask<T>, options: LockOptions = {}): Promise<T> {
    const { workMs = DEFAULT_LOCK_MS } = options;
    const before = this.tails.get(name) ?? Promise.resolve();
    const time = new WorkTime(this.clock, workMs);
    const run = this.runAfter(before, name, (lease) => time.measure(() => task(lease)), options);
    const ended = run.then(
      () => undefined,
      () => undefined,
    );
    // A task that waited in vain leaves the queue, but those behind it still wait for those before it.
    const turn = before.then(() => Promise.race([ended, time.over]));
    this.tails.set(name, turn);
    this.running.add(run);
    void turn.then(() => {
      if (this.tails.get(name) === turn) this.tails.delete(name);
    });
    try {
      return await run;
    } finally {
      this.running.delete(run);
    }
  }

  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  private async runAfter<T>(
    before: Promise<void>,
    name: string,
    task: LockedTask<T>,
    { waitMs = DEFAULT_LOCK_MS, workMs }: LockOptions,
  ): Promise<T> {
    const { clock } = this;
    const began = clock.monotonic();
    await within(clock, waitMs, before, () => new LockTimeoutError());
    const left = Math.max(0, waitMs - (clock.monotonic() - began));
    const files = await (this.loading ??= this.loadFiles());
    return files.withLock(name, task, { waitMs: left, workMs });
  }
}

/** How long a task may keep others of its window waiting. */
class WorkTime {
  /** Resolves when a task has worked for too long. */
  readonly over: Promise<void>;
  private end = (): void => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly workMs: number,
  ) {
    this.over = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  async measure<T>(work: () => Promise<T>): Promise<T> {
    const cancel = this.clock.after(Math.min(this.workMs, LONGEST_TIMER_MS), this.end);
    try {
      return await work();
    } finally {
      cancel();
    }
  }
}
