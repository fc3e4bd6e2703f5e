import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTreeSync } from '../../../tools/lib/cleanup';

/** Gives the suite that calls it a way to make empty folders, which are removed after its last test. */
export function useTemporaryFolders(): () => string {
  const folders: string[] = [];
  after(() => {
    folders.forEach(removeTreeSync);
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'box-authentication-tools-'));
    folders.push(folder);
    return folder;
  };
}
