/** Makes whole steps of reading, deciding and writing exclude one another. */
export interface Lock {
  /** Runs the task while nobody else runs one under the same name. Gives what the task gives. */
  withLock<T>(name: string, task: () => Promise<T>): Promise<T>;
}

/** Name of the lock under which accounts are given their ids and labels. */
export const ACCOUNTS_LOCK = 'accounts';

/** Name of the lock of one session. */
export function sessionLock(sessionId: string): string {
  return `session-${sessionId}`;
}

/** A lock within this window: tasks of one name run one after the other. */
export class WindowLock implements Lock {
  private readonly tails = new Map<string, Promise<unknown>>();

  async withLock<T>(name: string, task: () => Promise<T>): Promise<T> {
    const before = this.tails.get(name) ?? Promise.resolve();
    const run = before.then(task, task);
    this.tails.set(name, run);
    try {
      return await run;
    } finally {
      if (this.tails.get(name) === run) this.tails.delete(name);
    }
  }
}
