import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../common/clock';
import type { Log } from '../../common/log';
import { ClaimFile, tryAgain, type Found, type FoundFile } from '../../common/claimFile';
import { namesIn, nodeFileSystem, type FileSystem } from '../../common/fileSystem';
import { DeduplicatedLog } from '../../common/deduplicatedLog';

/** A window gives up its own claims after this time: no sign-in waits so long. In ms. */
const LONGEST_WAIT_MS = 10 * 60_000;
/** How many files are looked at when a name is claimed, to remove what windows left behind that have ended. */
const MOST_SWEPT = 64;

/** Dependencies of {@link CallbackClaims} that tests replace. */
export interface CallbackClaimsDependencies {
  /** Default: the machine's. */
  readonly files?: FileSystem;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * What the windows of one machine know of each other's sign-ins, as names of files that hold a process id: which ones
 * wait (by the SHA-256 of their nonces, from which nobody can make a callback) and which callback addresses are taken.
 */
export class CallbackClaims {
  private readonly log: Log;
  private readonly files: FileSystem;
  private readonly clock: Clock;
  /** By name: keeps a claim of this window from ending by itself. */
  private readonly keepers = new Map<string, () => void>();
  private sweeping: Promise<void> | undefined;

  /** @param folder where the files are, made when it is missing. */
  constructor(
    private readonly folder: string,
    log: Log,
    { files = nodeFileSystem, clock = systemClock }: CallbackClaimsDependencies = {},
  ) {
    this.log = new DeduplicatedLog(log);
    this.files = files;
    this.clock = clock;
  }

  /** The public name of a sign-in, by its nonce. */
  nameOf(nonce: string): string {
    return createHash('sha256').update(nonce).digest('hex');
  }

  /**
   * Claims a name until it is released, so that other windows know. Gives false when another window has claimed it.
   * Where the folder cannot be written, every claim is granted: this window is on its own.
   * @param name letters, digits and hyphens.
   */
  async claim(name: string): Promise<boolean> {
    await this.sweep();
    await this.removeDead(name);
    const created = await tryAgain(this.clock, () => this.create(name));
    if (created.state === 'other') return false;
    if (created.state === 'ours') this.endLater(name);
    else {
      this.log.warn(
        `Other windows cannot know of this sign-in, because ${this.folder} fails (${created.code})`,
      );
    }
    return true;
  }

  /** Whether a living claim has this name. One that cannot be read may be alive. */
  async isClaimed(name: string): Promise<boolean> {
    const found = await this.find(name);
    return found.state === 'unknown' || (found.state === 'there' && !this.isDead(found));
  }

  /** Gives a name up. */
  async release(name: string): Promise<void> {
    this.keepers.get(name)?.();
    this.keepers.delete(name);
    await tryAgain(this.clock, () => this.file(name).remove());
  }

  private endLater(name: string): void {
    this.keepers.set(
      name,
      this.clock.after(LONGEST_WAIT_MS, () => void this.release(name)),
    );
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
    for (const name of await namesIn(this.files, this.folder, MOST_SWEPT)) await this.removeDead(name);
  }

  /**
   * Removes a claim whose window has ended. A second claim, on that claim alone, is needed for it: of several windows
   * that see the dead one at the same time, none removes the living one that another has put in its place.
   */
  private async removeDead(name: string): Promise<void> {
    const found = await this.file(name).look();
    if (found.state !== 'there' || !this.isDead(found)) return;
    const id = idOf(found);
    const right = `${name}.${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
    if ((await this.create(right)).state !== 'ours') return;
    const now = await this.find(name);
    if (now.state === 'there' && idOf(now) === id) await this.release(name);
    await this.release(right);
  }

  /**
   * Whether the window of a claim has ended. Its process tells, and no clock, which can jump; only a claim that names
   * no process, as while it is written, is dead when it stays so.
   */
  private isDead({ content, mtimeMs }: FoundFile): boolean {
    if (content === '') return Math.abs(this.clock.now() - mtimeMs) >= LONGEST_WAIT_MS;
    return !isRunning(Number(content));
  }

  private create(name: string): ReturnType<ClaimFile['create']> {
    return this.file(name).create(String(process.pid));
  }

  private find(name: string): Promise<Found> {
    return tryAgain<Found>(this.clock, () => this.file(name).look());
  }

  private file(name: string): ClaimFile {
    return new ClaimFile(join(this.folder, name), this.files);
  }
}

/** Differs from that of every other claim of the same name. */
function idOf({ content, mtimeMs }: FoundFile): string {
  return `${content} ${mtimeMs}`;
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
