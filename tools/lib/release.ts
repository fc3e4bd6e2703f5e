import { repositoryOf, type RepositoryManifest } from './packagedMarkdown';

const heading = /^## \[?(?<version>[^\]\s]+)\]?(?: - (?<date>\S+))?\s*$/;

/** The part of `package.json` that a tag is compared with. */
export interface VersionManifest extends RepositoryManifest {
  readonly version: string;
}

/**
 * Decides whether a tag may be released, and as what.
 *
 * @param tag `v` and the version, such as `v1.2.3`.
 * @param changelog The text of `CHANGELOG.md`, in the form of Keep a Changelog.
 * @returns The notes: what the changelog says of the version, as Markdown without its heading.
 * @throws Error when the manifest names no repository, to which the links of the packed README lead; when the tag is not the manifest's version, or the changelog has no dated section for it or an empty one.
 */
export function releaseNotes(tag: string, manifest: VersionManifest, changelog: string): string {
  const { version } = manifest;
  if (tag !== `v${version}`) {
    throw new Error(`The tag is ${tag}, and package.json has version ${version}: it must be v${version}.`);
  }
  if (repositoryOf(manifest) === undefined) {
    throw new Error('package.json names no "repository", so the links of the README would lead nowhere.');
  }
  const lines = changelog.split(/\r?\n/);
  const start = lines.findIndex((line) => heading.exec(line)?.groups?.['version'] === version);
  const title = lines[start];
  if (title === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}".`);
  if (!/^\d{4}-\d\d-\d\d$/.test(heading.exec(title)?.groups?.['date'] ?? '')) {
    throw new Error(`In CHANGELOG.md, "${title}" has no date: it must be like "## ${version} - 2026-01-31".`);
  }
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  const notes = rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim();
  if (notes === '') throw new Error(`CHANGELOG.md says nothing of ${version}.`);
  return `${notes}\n`;
}
