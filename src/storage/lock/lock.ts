/** Makes whole steps of reading, deciding and writing exclude one another. */
export interface Lock {
  /**
   * Runs a task while nobody else, in any window, runs one of the same name. A task that fails with a LeaseLostError
   * is run again as a whole, after taking the lock again, at most 3 times: so it has to read, decide and write anew.
   * @param name letters, digits and hyphens. The task itself must not take it again, except by `lease.whileHeld`.
   * @returns what the task returns.
   * @throws LockTimeoutError when the lock cannot be had in time, and what the task throws
   */
  withLock<T>(name: string, task: LockedTask<T>, options?: LockOptions): Promise<T>;
  /** Resolves when no task of this window runs or waits. */
  idle(): Promise<void>;
}

/** A lock that is held. */
export interface Lease {
  /**
   * Makes sure that the lock is ours right now: to be called immediately before each write of what was decided.
   * @throws LeaseLostError
   */
  check(): Promise<void>;
  /**
   * Runs a step that reads, decides and writes by itself: under this lease while it holds, else after taking the
   * lock again. A step that fails with a LeaseLostError is run again.
   * @param step given the lease under which it runs.
   * @returns what the step returns.
   * @throws LockTimeoutError when the lock cannot be had again in time, and what the step throws
   */
  whileHeld<T>(step: LockedTask<T>): Promise<T>;
}

/** What runs under a lock. */
export type LockedTask<T> = (lease: Lease) => Promise<T>;

/** How long a lock is waited for, and kept. */
export interface LockOptions {
  /** Longest wait for the lock, in ms. Default 60,000. */
  readonly waitMs?: number | undefined;
  /** How long the task may work, in ms: one that takes longer loses the lock to whoever wants it. Default 60,000. */
  readonly workMs?: number | undefined;
}

/** Default of `waitMs` and `workMs`. */
export const DEFAULT_LOCK_MS = 60_000;
