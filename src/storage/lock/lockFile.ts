import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../../common/clock';
import {
  ClaimFile,
  codeOf,
  tryAgain,
  unknown,
  type Created,
  type Found,
  type FoundFile,
} from '../../common/claimFile';
import type { Removed, Unknown } from '../../common/claimFile';
import type { FileSystem } from '../../common/fileSystem';

/** Whose a lock's file is. */
export type Ownership = 'ours' | 'other' | 'gone' | 'unknown';

/** Dependencies of {@link LockFile}. */
export interface LockFileDependencies {
  readonly files: FileSystem;
  readonly clock: Clock;
}

/** What was read longer ago than this may be true no more, in ms: this process may have been stopped since. */
const STALE_MS = 1000;

/** The file of a lock, as one who wants it or has it sees it. No method throws. */
export class LockFile {
  /** Written into the file: whose it is. */
  readonly owner = randomUUID();
  private readonly claim: ClaimFile;

  constructor(
    private readonly path: string,
    private readonly dependencies: LockFileDependencies,
  ) {
    this.claim = new ClaimFile(path, dependencies.files);
  }

  /** Makes the file, unless somebody else has made it. */
  create(): Promise<Created> {
    return this.claim.create(this.owner);
  }

  /** Reads the file. */
  look(): Promise<Found> {
    return this.claim.look();
  }

  /** Whose the file is now. */
  async ownership(): Promise<Ownership> {
    const found = await this.look();
    if (found.state !== 'there') return found.state;
    return found.content === this.owner ? 'ours' : 'other';
  }

  /** Changes the time stamp, to show that the holder lives. @returns whether that worked. */
  async touch(): Promise<boolean> {
    const now = new Date(this.dependencies.clock.now());
    try {
      await this.dependencies.files.utimes(this.path, now, now);
      return true;
    } catch {
      return false;
    }
  }

  /** Removes the file: only to be called by its owner. */
  remove(): Promise<Removed> {
    return this.claim.remove();
  }

  /**
   * Removes the file of a dead holder. Of several hosts one claims that: another one that looked before would move
   * away the file of whoever has taken the lock since.
   * @param sign the dead holder's sign of life.
   * @param insists whether a claim that is there counts for nothing: whoever made it has had the time.
   * @returns whether it was removed.
   */
  async removeDead(sign: string, insists = false): Promise<boolean> {
    const { files, clock } = this.dependencies;
    const claim = new ClaimFile(`${this.path}.${idOf(sign)}`, files);
    if (insists) await claim.remove();
    const claimed = await claim.create(this.owner);
    if (claimed.state !== 'ours') return false;
    try {
      return await this.moveAway(sign);
    } finally {
      await tryAgain(clock, () => claim.remove());
    }
  }

  /** Moves the file aside, looks whether it is the dead holder's, and moves it back where it is not. */
  private async moveAway(sign: string): Promise<boolean> {
    const { files, clock } = this.dependencies;
    const lookedAt = clock.monotonic();
    const found = await this.look();
    if (found.state !== 'there' || signOfLife(found) !== sign) return false;
    if (clock.monotonic() - lookedAt > STALE_MS) return false;
    const aside = new ClaimFile(`${this.path}.${randomUUID()}`, files);
    try {
      await files.rename(this.path, aside.path);
    } catch {
      return false; // Somebody else was faster, or it works later: the next look tells.
    }
    const moved = await tryAgain<Found>(clock, () => aside.look());
    const isDead = moved.state === 'there' && signOfLife(moved) === sign;
    if (!isDead) await tryAgain(clock, () => this.putBack(aside));
    await tryAgain(clock, () => aside.remove());
    return isDead;
  }

  /** Unlike a rename, this replaces nothing. */
  private async putBack(aside: ClaimFile): Promise<{ readonly state: 'done' } | Unknown> {
    try {
      await this.dependencies.files.link(aside.path, this.path);
    } catch (error) {
      if (!['EEXIST', 'ENOENT'].includes(codeOf(error))) return unknown(error);
    }
    return { state: 'done' };
  }
}

/** A name for a sign of life, in the form of a UUID. */
function idOf(sign: string): string {
  const hex = createHash('sha256').update(sign).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

/** Changes whenever the holder shows that it lives, and differs from that of every other holder. */
export function signOfLife({ content, mtimeMs }: FoundFile): string {
  return `${content} ${mtimeMs}`;
}
