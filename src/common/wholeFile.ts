import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The name of a draft: that of its file, a dot, and a UUID. A window that crashes leaves one behind. */
const DRAFT = /\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A draft of this age is of a window that crashed, in ms. */
const LONGEST_WRITE_MS = 3_600_000;

/**
 * Writes a file, whose folder is made where it is missing, so that a reader sees the old text or the new one and never
 * a part. Nobody but this user can read it. @throws what the file system throws
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

/** Removes the drafts that crashed windows have left in a folder. Never fails. */
export async function removeOldDrafts(folder: string): Promise<void> {
  // The machine's clock, which is also that of the files' times.
  const now = new Date().getTime();
  const names = await readdir(folder).catch(() => []);
  for (const draft of names.filter((name) => DRAFT.test(name)).map((name) => join(folder, name))) {
    const { mtimeMs = now } = (await stat(draft).catch(() => undefined)) ?? {};
    if (now - mtimeMs > LONGEST_WRITE_MS) await unlink(draft).catch(() => undefined);
  }
}
