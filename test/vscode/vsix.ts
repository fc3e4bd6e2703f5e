import { execFile } from 'node:child_process';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { extensionVsix, projectRoot, workDirectory } from './paths';

const run = promisify(execFile);

/** The extensions under `test/fixtures` that stand beside ours in a test. */
export type Fixture = 'consumer' | 'rival';

/**
 * Builds and packages our extension with `npm run package`.
 *
 * @returns The VSIX file.
 */
export async function packageExtension(): Promise<string> {
  await run('npm', ['run', '--silent', 'package'], { cwd: projectRoot });
  return extensionVsix;
}

/**
 * Bundles and packages an extension from `test/fixtures`.
 *
 * @returns The VSIX file.
 */
export async function packageFixture(name: Fixture): Promise<string> {
  const source = join(projectRoot, 'test/fixtures', name);
  const target = join(workDirectory, 'fixtures', name);
  const vsix = `${target}.vsix`;
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await cp(join(source, 'package.json'), join(target, 'package.json'));
  await build({
    entryPoints: [join(source, 'extension.ts')],
    outfile: join(target, 'extension.js'),
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
