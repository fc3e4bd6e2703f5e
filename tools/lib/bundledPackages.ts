import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** An npm package of which code is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier. */
  readonly license: string;
  /** The text of the licence, with the copyright lines, and what a NOTICE file adds. */
  readonly licenseText: string;
  /** SHA-512 of the package in the registry, in hexadecimal. */
  readonly sha512: string;
  /** The names of the packages that it needs, bundled or not. */
  readonly dependencies: readonly string[];
}

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface PackageLock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly integrity?: string;
  /** Only devDependencies need it. */
  readonly dev?: boolean;
}

/** Licences that a bundle under the MIT licence may hold without more than their text. */
const accepted: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
]);
const packageFolder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const licenseFile = /^(?:licen[cs]e|copying)(?:\.(?:md|txt))?$/i;
const noticeFile = /^notice(?:\.(?:md|txt))?$/i;
const readmeFile = /^readme(?:\.(?:md|txt))?$/i;
/** A heading in either of Markdown's forms, with all that stands below it. */
const licenseSection = /^(?:#+ *licen[cs]e *#*|licen[cs]e *\n-+|licen[cs]e *\n=+) *\n(?<text>[^]+)/im;

/**
 * Finds the packages that esbuild took code from, sorted by name. What it left out of the bundle is not among them.
 *
 * @param root The project's folder, to which the report's paths are relative.
 * @throws Error when a package has a licence that is not accepted or no text of it, is not in the lock file, or is there
 *   for development alone, so that `npm audit --omit=dev` would pass over it.
 */
export async function bundledPackages(root: string, report: Metafile): Promise<readonly BundledPackage[]> {
  const lock = await readJson<PackageLock>(join(root, 'package-lock.json'));
  const packages = await Promise.all(
    foldersOf(report).map((folder) => readPackage(root, folder, lock.packages[folder])),
  );
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function foldersOf({ outputs }: Metafile): readonly string[] {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  return [...new Set(used.flatMap(([path]) => packageFolder.exec(path)?.[0] ?? []))];
}

async function readPackage(
  root: string,
  folder: string,
  { integrity, dev = false }: LockedPackage = {},
): Promise<BundledPackage> {
  const directory = join(root, folder);
  const {
    name,
    version,
    license,
    dependencies = {},
  } = await readJson<PackageJson>(join(directory, 'package.json'));
  if (license === undefined || !accepted.has(license)) {
    throw new Error(`${name} is bundled, and its licence is not one of those accepted: ${String(license)}`);
  }
  if (dev) throw new Error(`${name} is bundled, and only a devDependency.`);
  return {
    name,
    version,
    license,
    licenseText: await readLicense(name, directory),
    sha512: sha512Of(name, integrity),
    dependencies: Object.keys(dependencies),
  };
}

async function readLicense(name: string, directory: string): Promise<string> {
  const files = await readdir(directory);
  const read = async (pattern: RegExp): Promise<string | undefined> => {
    const file = files.find((each) => pattern.test(each));
    return file === undefined ? undefined : tidy(await readFile(join(directory, file), 'utf8'));
  };
  const text = (await read(licenseFile)) ?? licenseInReadme(await read(readmeFile));
  if (text === undefined)
    throw new Error(`${name} is bundled, and the text of its licence is not in the package.`);
  const notice = await read(noticeFile);
  return notice === undefined ? text : `${text}\n\n${notice}`;
}

function licenseInReadme(readme = ''): string | undefined {
  const text = licenseSection.exec(readme)?.groups?.['text'];
  const linkDefinition = /^\[[^\]]+\]: .*$/gm;
  return text?.replace(linkDefinition, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').trim();
}

function sha512Of(name: string, integrity = ''): string {
  const hash = /(?:^| )sha512-(\S+)/.exec(integrity)?.[1];
  if (hash === undefined) throw new Error(`package-lock.json has no SHA-512 for ${name}.`);
  return Buffer.from(hash, 'base64').toString('hex');
}

function tidy(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}
