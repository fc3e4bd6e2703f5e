import { createHash } from 'node:crypto';
import { mkdir, opendir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log';
import { OnceLog } from './onceLog';

/** A claim older than this belongs to a window that has ended: no sign-in waits so long. In ms. */
const LONGEST_WAIT_MS = 10 * 60_000;
/** How many files are looked at when a name is claimed, to remove what windows left behind that have ended. */
const MOST_SWEPT = 64;

/** A claim as it is in its file. */
interface Claim {
  /** Differs from that of every other claim of the same name. */
  readonly id: string;
  /** Whether the window that made it lives, and may still need it. */
  readonly isLive: boolean;
}

/**
 * What the windows of one machine know of each other's sign-ins, as names of files that hold a process id: which ones
 * wait (by the SHA-256 of their nonces, from which nobody can make a callback) and which callback addresses are taken.
 */
export class WaitingSignIns {
  private readonly log: Log;
  private sweeping: Promise<void> | undefined;

  /** @param folder where the files are, made when it is missing. */
  constructor(
    private readonly folder: string,
    log: Log,
  ) {
    this.log = new OnceLog(log);
  }

  /** The public name of a sign-in, by its nonce. */
  nameOf(nonce: string): string {
    return createHash('sha256').update(nonce).digest('hex');
  }

  /**
   * Claims a name, so that other windows know. Gives false when another window has claimed it.
   * Where the folder cannot be written, every claim is granted: this window is on its own.
   * @param name letters, digits and hyphens.
   */
  async claim(name: string): Promise<boolean> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await this.sweep();
      await this.bury(name);
      return await this.create(name);
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      this.log.warn(`Other windows cannot know of this sign-in, because ${this.folder} fails (${code})`);
      return true;
    }
  }

  /** Whether a living claim has this name. */
  async isClaimed(name: string): Promise<boolean> {
    return (await this.read(name))?.isLive === true;
  }

  /** Gives a name up. */
  async release(name: string): Promise<void> {
    await unlink(this.file(name)).catch(() => undefined);
  }

  /** Removes claims of windows that have ended, some of them where there are very many. Never fails. */
  private sweep(): Promise<void> {
    this.sweeping ??= this.sweepOnce()
      .catch(() => undefined)
      .finally(() => {
        this.sweeping = undefined;
      });
    return this.sweeping;
  }

  private async sweepOnce(): Promise<void> {
    const names: string[] = [];
    for await (const { name } of await opendir(this.folder)) {
      if (names.push(name) === MOST_SWEPT) break;
    }
    for (const name of names) await this.bury(name);
  }

  /**
   * Removes a claim whose window has ended. A second claim, on that claim alone, is needed for it: of several windows
   * that see the dead one at the same time, none removes the living one that another has put in its place.
   */
  private async bury(name: string): Promise<void> {
    const found = await this.read(name);
    if (found === undefined || found.isLive) return;
    const right = `${name}.${createHash('sha256').update(found.id).digest('hex').slice(0, 16)}`;
    try {
      if (!(await this.create(right))) return;
      if ((await this.read(name))?.id === found.id) await this.release(name);
      await this.release(right);
    } catch {
      // What cannot be removed is in the way of one name, and no more.
    }
  }

  /** @returns false where the name is taken. */
  private async create(name: string): Promise<boolean> {
    try {
      await writeFile(this.file(name), String(process.pid), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  private async read(name: string): Promise<Claim | undefined> {
    try {
      const [pid, { mtimeMs }] = await Promise.all([
        readFile(this.file(name), 'utf8'),
        stat(this.file(name)),
      ]);
      const isLive = Math.abs(Date.now() - mtimeMs) < LONGEST_WAIT_MS && isAlive(Number(pid));
      return { id: `${pid} ${mtimeMs}`, isLive };
    } catch {
      return undefined;
    }
  }

  private file(name: string): string {
    return join(this.folder, name);
  }
}

/** Whether a process runs. What is just being written has none yet, and counts as running. */
function isAlive(pid: number): boolean {
  if (pid === 0) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
