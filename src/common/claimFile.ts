import { dirname } from 'node:path';
import { sleep, type Clock } from './clock';
import type { FileSystem } from './fileSystem';

/**
 * A file whose existence claims something for the process that made it. No method throws: what the file system
 * refused is told as `unknown`, which is neither yes nor no.
 */
export class ClaimFile {
  constructor(
    readonly path: string,
    private readonly files: FileSystem,
  ) {}

  /** Makes the file, and its folder, unless somebody else has made it. */
  async create(content: string): Promise<Created> {
    try {
      return await this.createIn(content);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return unknown(error);
    }
    try {
      await this.files.mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      return await this.createIn(content);
    } catch (error) {
      return unknown(error);
    }
  }

  /** Reads the file. */
  async look(): Promise<Found> {
    try {
      const content = await this.files.readFile(this.path, 'utf8');
      const { mtimeMs } = await this.files.stat(this.path);
      return { state: 'there', content, mtimeMs };
    } catch (error) {
      return isNotThere(error) ? { state: 'gone' } : unknown(error);
    }
  }

  /** Removes the file, whosever it is. */
  async remove(): Promise<Removed> {
    try {
      await this.files.unlink(this.path);
      return { state: 'gone' };
    } catch (error) {
      return isNotThere(error) ? { state: 'gone' } : unknown(error);
    }
  }

  private async createIn(content: string): Promise<Created> {
    let made;
    try {
      made = await this.files.open(this.path, 'wx', 0o600);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return { state: 'other' };
      throw error;
    }
    try {
      await made.writeFile(content);
      return { state: 'ours' };
    } catch (error) {
      await this.removeUnfinished(content);
      throw error;
    } finally {
      await made.close().catch(() => undefined);
    }
  }

  /** Where the disk is full, a file can be made and not be written. It would be in the way until it counts as dead. */
  private async removeUnfinished(content: string): Promise<void> {
    const found = await this.look();
    if (found.state === 'there' && content.startsWith(found.content)) await this.remove();
  }
}

/** What the file system refused. */
export interface Unknown {
  readonly state: 'unknown';
  /** Code of the error, such as EMFILE. */
  readonly code: string;
  /** Whether trying again is of no use. */
  readonly isFinal: boolean;
}

/** What became of making a file. */
export type Created = { readonly state: 'ours' } | { readonly state: 'other' } | Unknown;

/** A file that could be read. */
export interface FoundFile {
  readonly state: 'there';
  readonly content: string;
  /** When it was last changed, in ms since the epoch. */
  readonly mtimeMs: number;
}

/** What there is of a file. */
export type Found = FoundFile | { readonly state: 'gone' } | Unknown;

/** What became of removing a file. */
export type Removed = { readonly state: 'gone' } | Unknown;

/** How often a call is made at most that fails for a reason that passes. */
const MOST_TRIES = 5;
/** How long it is waited between two tries, in ms. */
const RETRY_MS = 50;

/** Makes a call again, a few times, while it fails for a reason that passes. @returns the last answer. */
export async function tryAgain<T extends { readonly state: string }>(
  clock: Clock,
  call: () => Promise<T | Unknown>,
): Promise<T | Unknown> {
  for (let tries = 1; ; tries++) {
    const answer = await call();
    if (!isPassing(answer) || tries === MOST_TRIES) return answer;
    await sleep(clock, RETRY_MS);
  }
}

/** What an error of the file system means for a claim. */
export function unknown(error: unknown): Unknown {
  const code = codeOf(error);
  return { state: 'unknown', code, isFinal: isFinal(code) };
}

/** The code of an error of the file system, such as ENOENT. */
export function codeOf(error: unknown): string {
  return (error as Partial<NodeJS.ErrnoException> | undefined)?.code ?? 'unknown';
}

function isPassing(answer: { readonly state: string }): boolean {
  return answer.state === 'unknown' && !(answer as Unknown).isFinal;
}

function isNotThere(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

const FINAL_CODES = new Set([
  'EACCES',
  'EROFS',
  'ENOTDIR',
  'ENOSYS',
  'ENOTSUP',
  'ELOOP',
  'ENAMETOOLONG',
  'EISDIR',
]);

/** Every other error passes, such as too many open files or a full disk. */
function isFinal(code: string): boolean {
  // Windows answers EPERM while another process deletes the file.
  if (code === 'EPERM') return process.platform !== 'win32';
  return FINAL_CODES.has(code);
}
