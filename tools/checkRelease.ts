import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../package.json';
import { projectRoot } from './lib/paths';
import { releaseNotes } from './lib/release';

/** `npm run release:check -- v1.2.3`: prints the notes of a release, or says why that tag cannot be one. */
function main([tag]: readonly string[]): void {
  if (tag === undefined) throw new Error('Say which tag: npm run release:check -- v1.2.3');
  const changelog = readFileSync(join(projectRoot, 'CHANGELOG.md'), 'utf8');
  process.stdout.write(releaseNotes(tag, manifest, changelog));
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
