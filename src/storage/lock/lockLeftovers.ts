import { join } from 'node:path';
import { sleep } from '../../common/clock';
import { ClaimFile, tryAgain } from '../../common/claimFile';
import { namesIn } from '../../common/fileSystem';
import { LockFile, signOfLife, type LockFileDependencies } from './lockFile';

/** How often and how far apart a file is looked at, in ms. Looks, because a clock can jump. */
const LOOKS = 10;
const PAUSE_MS = 500;
/** How many names are looked at. */
const MOST_NAMES = 1000;
/** The name of a dead holder's file that was moved aside, or of the claim to do that. */
const MOVED_ASIDE = /\.lock\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Removes what hosts left in a folder of locks that were killed: locks that nobody may ever want again, and what they
 * moved aside while they removed a dead holder. Never fails.
 */
export async function removeLeftovers(folder: string, dependencies: LockFileDependencies): Promise<void> {
  const { files, clock } = dependencies;
  try {
    const names = await namesIn(files, folder, MOST_NAMES);
    const aside = names.filter((name) => MOVED_ASIDE.test(name));
    const locks = names.filter((name) => name.endsWith('.lock'));
    let dead = await signsIn(folder, locks, dependencies);
    for (let looks = 0; looks < LOOKS && dead.size + aside.length > 0; looks++) {
      await sleep(clock, PAUSE_MS);
      const now = await signsIn(folder, [...dead.keys()], dependencies);
      dead = new Map([...dead].filter(([name, sign]) => now.get(name) === sign));
    }
    for (const name of aside) await tryAgain(clock, () => new ClaimFile(join(folder, name), files).remove());
    for (const [name, sign] of dead) await new LockFile(join(folder, name), dependencies).removeDead(sign);
  } catch {
    // It is only tidying: another window will do it.
  }
}

/** The signs of life that the holders of some locks have given. */
async function signsIn(
  folder: string,
  names: readonly string[],
  { files }: LockFileDependencies,
): Promise<ReadonlyMap<string, string>> {
  const signs = new Map<string, string>();
  for (const name of names) {
    const found = await new ClaimFile(join(folder, name), files).look();
    if (found.state === 'there') signs.set(name, signOfLife(found));
  }
  return signs;
}
