import type { FileLock, Lease } from './fileLock';

/** Makes whole steps of reading, deciding and writing exclude one another. */
export interface Lock {
  /** Runs the task while nobody else runs one under the same name. Gives what the task gives. */
  withLock<T>(name: string, task: (lease: Lease) => Promise<T>): Promise<T>;
}

/**
 * A lock across the windows of one machine. Within this window the tasks of one name run one after the other, so
 * that only the first of them takes the file.
 */
export class CrossWindowLock implements Lock {
  private readonly tails = new Map<string, Promise<unknown>>();

  constructor(private readonly files: FileLock) {}

  async withLock<T>(name: string, task: (lease: Lease) => Promise<T>): Promise<T> {
    const before = this.tails.get(name) ?? Promise.resolve();
    const locked = (): Promise<T> => this.files.withLock(name, task);
    const run = before.then(locked, locked);
    this.tails.set(name, run);
    try {
      return await run;
    } finally {
      if (this.tails.get(name) === run) this.tails.delete(name);
    }
  }

  /** Resolves when no task runs in this window. */
  async idle(): Promise<void> {
    while (this.tails.size > 0) await Promise.allSettled(this.tails.values());
  }
}
