import { join } from 'node:path';
import { sleep } from '../box/clock';
import { ClaimFile, tryAgain } from './claimFile';
import { namesIn } from './fileSystem';
import type { LockFileDependencies } from './lockFile';

/** Nobody needs a file that was moved aside for so long, in ms: that of a dead holder is removed at once. */
const LONGEST_USE_MS = 5000;
/** How many names are looked at. */
const MOST_NAMES = 1000;
/** The name of a dead holder's file that was moved aside. */
const MOVED_ASIDE = /\.lock\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Removes what hosts left in a folder of locks that were killed while they removed a dead holder. Never fails. */
export async function removeLeftovers(folder: string, { files, clock }: LockFileDependencies): Promise<void> {
  try {
    const before = (await namesIn(files, folder, MOST_NAMES)).filter((name) => MOVED_ASIDE.test(name));
    if (before.length === 0) return;
    await sleep(clock, LONGEST_USE_MS);
    for (const name of before) {
      await tryAgain(clock, () => new ClaimFile(join(folder, name), files).remove());
    }
  } catch {
    // It is only tidying: another window will do it.
  }
}
