import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { atExit, exitWithParent, removeTreeSync } from './lib/cleanup';
import { extensionVsix, projectRoot } from './lib/paths';
import { keepParts } from './lib/bundle';
import { packExtension } from './lib/extensionPackage';

/**
 * `npm run package`: writes into `dist` the bundle, the VSIX, its SHA-256 as `sha256sum` writes it, and a copy of the
 * software bill of materials that is in it.
 */
async function main(): Promise<void> {
  exitWithParent();
  const folder = await mkdtemp(join(tmpdir(), 'box-authentication-package-'));
  atExit(() => {
    removeTreeSync(folder);
  });
  const { vsix, bill } = await packExtension(folder);
  const sha256 = createHash('sha256').update(vsix).digest('hex');
  await mkdir(join(projectRoot, 'dist'), { recursive: true });
  await cp(join(folder, 'dist'), join(projectRoot, 'dist'), { recursive: true });
  await keepParts(join(projectRoot, 'dist'), await readdir(join(folder, 'dist/parts')));
  await replace(extensionVsix, vsix);
  await replace(extensionVsix.replace(/\.vsix$/, '.cdx.json'), bill);
  await replace(`${extensionVsix}.sha256`, `${sha256}  ${basename(extensionVsix)}\n`);
  console.log(`${relative(projectRoot, extensionVsix)}: ${vsix.length} bytes, SHA-256 ${sha256}`);
}

/** Whoever reads the file meanwhile gets the earlier one or this one, whole. */
async function replace(file: string, content: string | Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, content);
  await rename(draft, file);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
