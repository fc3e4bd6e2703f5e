import { createHash } from 'node:crypto';
import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Clock } from '../../common/clock';
import { errorSnapshotSchema } from '../../box/errorSnapshot';
import type { Log } from '../../common/log';
import { writeWhole } from '../../common/wholeFile';

/** Longest pause, in ms: a file must not keep Box from being asked for ever, whatever it or a server says. */
export const LONGEST_SHARED_PAUSE_MS = 24 * 3_600_000;
/** How long a pause that is over still counts as the one before the next, in ms. */
export const REMEMBERED_MS = 3_600_000;

const pauseSchema = v.object({
  /** Of the failure that it began with. */
  id: v.pipe(v.string(), v.nonEmpty()),
  /** How many failures in a row there were. */
  failures: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** When it began, in ms since the epoch. */
  at: v.number(),
  /** In ms. */
  length: v.pipe(v.number(), v.minValue(0), v.maxValue(LONGEST_SHARED_PAUSE_MS)),
  error: errorSnapshotSchema,
});

/** A pause as the windows of one machine share it. */
export type SharedPause = v.InferOutput<typeof pauseSchema>;

/** Dependencies of {@link PauseFiles}. */
export interface PauseFilesDependencies {
  /** Where the files are, made when it is missing. */
  readonly folder: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

/** The pauses that the windows of one machine share, one file each. They hold no token and no secret. Never throws. */
export class PauseFiles {
  private hasFailed = false;

  constructor(private readonly dependencies: PauseFilesDependencies) {}

  /** The pause of a key. A file that is damaged, or cannot be read, counts as none. */
  async read(key: string): Promise<SharedPause | undefined> {
    const file = join(this.dependencies.folder, fileName(key));
    const text = await readFile(file, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : pauseFrom(text);
  }

  /**
   * Writes a pause whole: a reader sees the old one or the new one. Removes some files that nobody needs any more.
   * @returns whether other windows can read it.
   */
  async write(key: string, pause: SharedPause): Promise<boolean> {
    const { folder, log } = this.dependencies;
    const file = join(folder, fileName(key));
    try {
      await writeWhole(file, JSON.stringify(pause));
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      if (!this.hasFailed)
        log.debug(`Other windows cannot know of a pause, because its file fails (${code})`);
      this.hasFailed = true;
      return false;
    }
    const { sweepPauses } = await import('./pauseSweep');
    await sweepPauses(file, this.dependencies).catch(() => undefined);
    return true;
  }

  /** Removes the pause of a key, where there is one. */
  async remove(key: string): Promise<void> {
    await unlink(join(this.dependencies.folder, fileName(key))).catch(() => undefined);
  }
}

/**
 * What is left of a pause by the wall clock, in ms, 0 when it is over. One that lies in the future is over: the clock
 * was set back, and that must not prolong a pause.
 * @param now in ms since the epoch.
 */
export function timeLeft({ at, length }: SharedPause, now: number): number {
  return at > now ? 0 : Math.max(0, at + length - now);
}

/**
 * Whether the next failure follows on this pause's.
 * @param now in ms since the epoch.
 */
export function isRemembered({ at, length }: SharedPause, now: number): boolean {
  return at <= now && now < at + length + REMEMBERED_MS;
}

/** The pause that a file's text tells of; undefined where it is damaged. */
export function pauseFrom(text: string): SharedPause | undefined {
  try {
    return v.parse(pauseSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}

function fileName(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`;
}
