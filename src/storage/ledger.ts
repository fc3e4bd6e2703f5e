import { createHash, randomUUID } from 'node:crypto';
import { watch } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const entrySchema = v.object({
  /** The SecretStorage key that it is about. */
  key: v.string(),
  /** Counts the writes to that key. */
  revision: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Whether the last write stored something, or deleted it. */
  present: v.boolean(),
  /** The host that wrote last. */
  host: v.string(),
});

/** What is publicly known of one secret: that and when it was written, nothing of what it holds. */
export type LedgerEntry = v.InferOutput<typeof entrySchema>;

/** An entry with the time of its writing. */
export interface DatedLedgerEntry extends LedgerEntry {
  /** In ms since the epoch, by the file system. */
  readonly writtenAt: number;
}

/**
 * A record of versions beside the secrets, in files that all windows of one machine share: by it a window learns that
 * its view of SecretStorage lags behind another's. It holds no secrets.
 */
export class Ledger {
  constructor(private readonly folder: string) {}

  /** The entry of a key, or undefined when nothing is known of it. */
  async read(key: string): Promise<DatedLedgerEntry | undefined> {
    return this.readFile(fileName(key));
  }

  /** Writes an entry whole: a reader sees the old one or the new one. Throws what the file system throws. */
  async write(entry: LedgerEntry): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = join(this.folder, fileName(entry.key));
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, JSON.stringify(entry), { mode: 0o600 });
    await rename(draft, file).catch(async (error: unknown) => {
      await unlink(draft).catch(() => undefined);
      throw error;
    });
  }

  /** Every readable entry. */
  async all(): Promise<readonly DatedLedgerEntry[]> {
    const names = await readdir(this.folder).catch(() => []);
    const entries = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map((name) => this.readFile(name)),
    );
    return entries.filter((entry) => entry !== undefined);
  }

  /** Calls back whenever entries may have changed. Without a folder to watch, never. */
  async watch(callback: () => void): Promise<() => void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const watcher = watch(this.folder, { persistent: false }, callback);
    watcher.on('error', () => {
      watcher.close();
    });
    return () => {
      watcher.close();
    };
  }

  private async readFile(name: string): Promise<DatedLedgerEntry | undefined> {
    try {
      const file = join(this.folder, name);
      const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
      return { ...v.parse(entrySchema, JSON.parse(text)), writtenAt: mtimeMs };
    } catch {
      return undefined;
    }
  }
}

function fileName(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`;
}
