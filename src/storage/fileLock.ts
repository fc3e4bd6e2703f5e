import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, type Clock } from '../box/clock';
import type { Log } from '../log';

/** A lock that is held. */
export interface Lease {
  /**
   * Runs a step while the lock is ours: at once, or after taking it again. A host that was stopped for seconds may
   * have lost it to another.
   * @returns what the step returns.
   */
  whileHeld<T>(step: () => Promise<T>): Promise<T>;
}

/** What a file lock needs from outside. */
export interface FileLockDependencies {
  /** The folder in which the lock's file is, made when it is missing. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often a waiting host looks, in ms. */
const POLL_MS = 50;
/** How often the holder shows that it lives, in ms. */
const HEARTBEAT_MS = 1000;
/** How often a holder shows that it lives at most: one that takes a minute waits for an answer that never comes. */
const MOST_HEARTBEATS = 60;
/** A holder that has not shown for so many looks, some four seconds, is dead. Looks, because a clock can jump. */
const LOOKS_UNTIL_DEAD = 80;

/**
 * A lock between processes: a file that exists while it is held (`O_EXCL`), whose time stamp the holder renews. The
 * lock of a crashed holder is taken over within seconds, that of one that hangs after a minute. Where the folder cannot be written there is no lock, and
 * each host is on its own.
 */
export class FileLock {
  private isImpossible = false;

  constructor(private readonly dependencies: FileLockDependencies) {}

  /**
   * Runs a task while no other process runs one under the same name. Gives what the task gives.
   * @param name letters, digits and hyphens.
   * @returns what the task returns.
   */
  async withLock<T>(name: string, task: (lease: Lease) => Promise<T>): Promise<T> {
    const file = join(this.dependencies.folder, `${name}.lock`);
    const owner = randomUUID();
    if (!(await this.acquire(file, owner))) return task({ whileHeld: (step) => step() });
    const stopBeating = this.beat(file, owner);
    try {
      return await task({
        whileHeld: async (step) => ((await isOwner(file, owner)) ? step() : this.withLock(name, step)),
      });
    } finally {
      stopBeating();
      if (await isOwner(file, owner)) await unlink(file).catch(() => undefined);
    }
  }

  /** Gives false where there can be no lock. */
  private async acquire(file: string, owner: string): Promise<boolean> {
    let seen: string | undefined;
    let blind = 0;
    for (let looks = 0; ; looks++) {
      const created = await this.create(file, owner);
      if (created !== undefined) return created;
      const sign = await lifeSign(file);
      blind = sign === undefined ? blind + 1 : 0;
      if (blind >= LOOKS_UNTIL_DEAD) {
        this.warnOnce(`Windows cannot be coordinated, because ${file} can be neither written nor read`);
        return false;
      }
      if (sign === undefined || sign !== seen) looks = 0;
      seen = sign;
      if (looks >= LOOKS_UNTIL_DEAD && seen !== undefined) {
        await this.bury(file, seen);
        looks = 0;
      }
      await sleep(this.dependencies.clock, POLL_MS);
    }
  }

  /** Gives true when the lock is ours, undefined when somebody else has it, false where there can be none. */
  private async create(file: string, owner: string): Promise<boolean | undefined> {
    try {
      await mkdir(this.dependencies.folder, { recursive: true });
      await writeFile(file, owner, { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // Windows answers so while another process deletes the file.
      if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return undefined;
      this.warnOnce(`Windows cannot be coordinated, because ${file} cannot be written (${String(code)})`);
      return false;
    }
  }

  /** Moves a dead holder's file away. Only one of several hosts succeeds, and none moves a living holder's. */
  private async bury(file: string, seen: string): Promise<void> {
    const grave = `${file}.${randomUUID()}`;
    try {
      if ((await lifeSign(file)) !== seen) return;
      await rename(file, grave);
      const buried = await lifeSign(grave);
      if (buried === seen) this.dependencies.log.warn('Took over the lock of a window that crashed');
      else await link(grave, file).catch(() => undefined); // unlike a rename, replaces nothing
      await unlink(grave).catch(() => undefined);
    } catch {
      // Somebody else was faster: the next look tells.
    }
  }

  private warnOnce(message: string): void {
    if (!this.isImpossible) this.dependencies.log.warn(message);
    this.isImpossible = true;
  }

  private beat(file: string, owner: string): () => void {
    let cancel = (): void => undefined;
    let stopped = false;
    const next = (count: number): void => {
      cancel = this.dependencies.clock.after(HEARTBEAT_MS, () => {
        void touch(file, owner).finally(() => {
          if (!stopped && count < MOST_HEARTBEATS) next(count + 1);
        });
      });
    };
    next(1);
    return () => {
      stopped = true;
      cancel();
    };
  }
}

async function isOwner(file: string, owner: string): Promise<boolean> {
  return (await readFile(file, 'utf8').catch(() => undefined)) === owner;
}

async function touch(file: string, owner: string): Promise<void> {
  if (!(await isOwner(file, owner))) return;
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}

/** Changes whenever the holder shows that it lives, or is another. Undefined when there is none. */
async function lifeSign(file: string): Promise<string | undefined> {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return `${owner} ${mtimeMs}`;
  } catch {
    return undefined;
  }
}
