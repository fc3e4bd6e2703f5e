import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log';

/** A claim older than this belongs to a window that has ended: no sign-in waits so long. In ms. */
const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * What the windows of one machine know of each other's sign-ins, as names of files that hold a process id: which ones
 * wait (by the SHA-256 of their nonces, from which nobody can make a callback) and which callback addresses are taken.
 */
export class WaitingSignIns {
  /** @param folder where the files are, made when it is missing. */
  constructor(
    private readonly folder: string,
    private readonly log: Log,
  ) {}

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
      if (!(await this.isClaimed(name))) await this.release(name);
      await writeFile(this.file(name), String(process.pid), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      const { code = 'unknown', syscall } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST' && syscall === 'open') return false;
      this.log.warn(`Other windows cannot know of this sign-in, because ${this.folder} fails (${code})`);
      return true;
    }
  }

  /** Whether a living claim has this name. */
  async isClaimed(name: string): Promise<boolean> {
    try {
      const [pid, { mtimeMs }] = await Promise.all([
        readFile(this.file(name), 'utf8'),
        stat(this.file(name)),
      ]);
      return Math.abs(Date.now() - mtimeMs) < LONGEST_WAIT_MS && isAlive(Number(pid));
    } catch {
      return false;
    }
  }

  /** Gives a name up. */
  async release(name: string): Promise<void> {
    await unlink(this.file(name)).catch(() => undefined);
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
