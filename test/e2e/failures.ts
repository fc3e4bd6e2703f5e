import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failuresDirectory } from '../vscode/paths';
import type { TestBed } from '../vscode/testBed';

/**
 * Keeps what tells why a test failed: a picture of every window and tab, and the logs of VS Code and its extensions.
 *
 * @returns The folder, named after the test.
 */
export async function saveFailure(title: string, beds: readonly TestBed[]): Promise<string> {
  const folder = join(failuresDirectory, title.replace(/\W+/g, '-').slice(0, 80));
  await mkdir(folder, { recursive: true });
  for (const [number, bed] of beds.entries()) {
    await savePictures(bed, join(folder, String(number + 1)));
    await cp(join(bed.server.directories.data, 'logs'), join(folder, `${number + 1}-logs`), {
      recursive: true,
    });
  }
  return folder;
}

async function savePictures(bed: TestBed, prefix: string): Promise<void> {
  const pages = bed.profiles.flatMap(({ context }) => context.pages());
  for (const [number, page] of pages.entries()) {
    // A page that hangs or closes has no picture; the others still do.
    await page.screenshot({ path: `${prefix}-page-${number + 1}.png`, timeout: 5000 }).catch(() => undefined);
  }
}
