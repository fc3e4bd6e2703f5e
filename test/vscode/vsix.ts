import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { extensionVsix, projectRoot, workDirectory } from '../../tools/lib/paths';

const run = promisify(execFile);

/** The extensions that stand beside ours in a test, each with its folder and what is bundled of it. */
const fixtures = {
  consumer: { folder: 'test/fixtures/consumer', entry: 'extension.ts' },
  rival: { folder: 'test/fixtures/rival', entry: 'extension.ts' },
  example: { folder: 'examples/list-root-folder', entry: 'src/extension.ts' },
} as const;

export type Fixture = keyof typeof fixtures;

/**
 * Builds and packages our extension with `npm run package`.
 *
 * @returns The VSIX file.
 */
export async function packageExtension(): Promise<string> {
  await run('npm', ['run', '--silent', 'package'], { cwd: projectRoot });
  return extensionVsix;
}

/** Where {@link packageFixture} writes a VSIX file. */
export function fixtureVsix(name: Fixture): string {
  return join(workDirectory, 'fixtures', `${name}.vsix`);
}

/**
 * Bundles and packages an extension that stands beside ours.
 *
 * @returns The VSIX file.
 */
export async function packageFixture(name: Fixture): Promise<string> {
  const { folder, entry } = fixtures[name];
  const source = join(projectRoot, folder);
  const target = join(workDirectory, 'fixtures', name);
  const vsix = fixtureVsix(name);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const manifest = await readFile(join(source, 'package.json'), 'utf8');
  await writeFile(join(target, 'package.json'), manifest);
  const { main } = JSON.parse(manifest) as { main: string };
  await build({
    entryPoints: [join(source, entry)],
    outfile: join(target, main),
    bundle: true,
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  });
  const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', vsix];
  await run(join(projectRoot, 'node_modules/.bin/vsce'), ['package', ...flags], { cwd: target });
  return vsix;
}
