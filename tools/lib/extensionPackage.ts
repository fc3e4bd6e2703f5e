import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import manifest from '../../package.json';
import { projectRoot } from './paths';
import { bundle } from './bundle';
import { bundledPackages } from './bundledPackages';
import { packagedMarkdown, repositoryOf, type RepositoryManifest } from './packagedMarkdown';
import { reproducibleZip } from './reproducibleZip';
import { softwareBill } from './softwareBill';
import { thirdPartyNotices } from './thirdPartyNotices';
import { packWithVsce } from './vsce';

const vsceIgnore = '.vscodeignore';

/** Where in the VSIX the files are that are made for it, below its folder `extension`. */
export const madeFiles = { notices: 'ThirdPartyNotices.txt', bill: 'sbom.cdx.json' } as const;

/** The files of the VSIX that can be run once they are unpacked. */
export const programs: readonly string[] = ['extension/bin/box-token'];

/** What {@link packExtension} made. */
export interface ExtensionPackage {
  /** The VSIX. The same sources, dependencies and esbuild give the same bytes. */
  readonly vsix: Uint8Array;
  /** The software bill of materials that is in the VSIX, CycloneDX as JSON. */
  readonly bill: string;
}

/**
 * Bundles the extension and packs it, with what it tells of the packages bundled in it. Nothing outside of the folder
 * is written, so that what is in `dist` from earlier does not matter.
 *
 * @param folder An empty folder to work in; the bundle is in its `dist` afterwards.
 * @param emulatorSecret As for `bundle`.
 * @throws Error when esbuild or `vsce` fails, when `vsce` warns of something, or when a bundled package may not be there.
 */
export async function packExtension(folder: string, emulatorSecret?: string): Promise<ExtensionPackage> {
  const report = await bundle(join(folder, 'dist'), emulatorSecret);
  const packages = await bundledPackages(projectRoot, report);
  const bill = softwareBill(manifest, packages);
  await copyWritten(folder);
  await writeFile(join(folder, madeFiles.notices), thirdPartyNotices(packages));
  await writeFile(join(folder, madeFiles.bill), bill);
  return { vsix: reproducibleZip(await packWithVsce(folder), programs), bill };
}

/** Copies what `.vscodeignore` lets into the VSIX, but for the bundle. */
async function copyWritten(folder: string): Promise<void> {
  const files = await listFiles({ cwd: projectRoot, packageManager: PackageManager.None });
  const written = files.filter((file) => !file.startsWith('dist/'));
  for (const file of [...written, vsceIgnore]) {
    const target = join(folder, file);
    await mkdir(dirname(target), { recursive: true });
    if (file.endsWith('.md')) await writeFile(target, await packagedDocument(file));
    else await copyFile(join(projectRoot, file), target);
  }
}

async function packagedDocument(file: string): Promise<string> {
  return packagedMarkdown(await readFile(join(projectRoot, file), 'utf8'), {
    repository: repositoryOf(manifest as RepositoryManifest),
    tag: `v${manifest.version}`,
  });
}
