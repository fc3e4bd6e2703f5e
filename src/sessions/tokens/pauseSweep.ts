import { readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isRemembered, pauseFrom, REMEMBERED_MS, type PauseFilesDependencies } from './pauseFiles';

const SWEPT_AT_ONCE = 5;

/**
 * Looks at a few files of pauses, at others each time, and removes those that nobody needs. Throws what the file system
 * throws.
 * @param written the file that was just written, whose time is now.
 */
export async function sweepPauses(written: string, dependencies: PauseFilesDependencies): Promise<void> {
  const { folder, random, clock } = dependencies;
  const names = await readdir(folder);
  const first = Math.floor(random() * names.length);
  const some = [...names.slice(first), ...names.slice(0, first)].slice(0, SWEPT_AT_ONCE);
  for (const file of some.map((name) => join(folder, name))) {
    const isNeeded = file.endsWith('.json')
      ? await isPauseNeeded(file, clock.now())
      : await isNew(file, written);
    if (!isNeeded) await unlink(file).catch(() => undefined);
  }
}

async function isPauseNeeded(file: string, now: number): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return true;
  const pause = pauseFrom(text);
  return pause !== undefined && isRemembered(pause, now);
}

/** Whether a draft may still be renamed. Times of files are compared with each other, not with a clock. */
async function isNew(draft: string, written: string): Promise<boolean> {
  const [its, present] = await Promise.all([stat(draft), stat(written)]);
  return Math.abs(present.mtimeMs - its.mtimeMs) < REMEMBERED_MS;
}
