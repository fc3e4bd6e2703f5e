import { createHash } from 'node:crypto';
import { readdir, readFile, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeWhole } from '../common/wholeFile';

const entrySchema = v.object({
  key: v.string(),
  revision: v.pipe(v.number(), v.integer(), v.minValue(1)),
  present: v.boolean(),
  host: v.string(),
});

type Entry = v.InferOutput<typeof entrySchema>;

/** An entry that nothing changed for so long is of no window that still runs, in ms. */
const LONGEST_RUN_MS = 30 * 24 * 3_600_000;

/**
 * The numbers that releases before the store's index kept, a file for each key. A window with such a release that
 * still runs takes a value that is gone for forgotten, and writes it back, unless its number says that it was deleted.
 */
export class LegacyLedger {
  constructor(private readonly folder: string) {}

  /** Notes that a key was stored, where such a release has numbered it. Never fails. */
  async stored(key: string): Promise<void> {
    await this.note(key, true);
  }

  /** Notes that a key was deleted, likewise. */
  async deleted(key: string): Promise<void> {
    await this.note(key, false);
  }

  /**
   * Removes what no running window needs.
   * @param now in ms since the epoch. Never fails.
   */
  async sweep(now: number): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names) {
      const file = join(this.folder, name);
      const age = now - ((await stat(file).catch(() => undefined))?.mtimeMs ?? now);
      if (age > LONGEST_RUN_MS) await unlink(file).catch(() => undefined);
    }
    await rmdir(this.folder).catch(() => undefined);
  }

  private async note(key: string, present: boolean): Promise<void> {
    const name = `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`;
    const file = join(this.folder, name);
    try {
      const { revision }: Entry = v.parse(entrySchema, JSON.parse(await readFile(file, 'utf8')));
      const entry: Entry = { key, revision: revision + 1, present, host: '' };
      await writeWhole(file, JSON.stringify(entry));
    } catch {
      // No such release was here, or nothing can be done for it.
    }
  }
}
