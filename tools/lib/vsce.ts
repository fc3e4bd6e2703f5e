import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from './paths';

const run = promisify(execFile);
const vsce = join(projectRoot, 'node_modules/@vscode/vsce/vsce');

// No repository is known. Without one there is nothing to make relative links absolute with.
const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];

/**
 * Lets `vsce` pack an extension, which checks the manifest and what belongs to it.
 *
 * @param folder The folder of the extension, in which the VSIX is left.
 * @returns The VSIX. Its bytes are others each time, because of the dates in it.
 * @throws Error with all that `vsce` printed when it fails, or warns of something.
 */
export async function packWithVsce(folder: string): Promise<Uint8Array> {
  const out = join(folder, 'extension.vsix');
  const { stdout, stderr } = await run(process.execPath, [vsce, 'package', ...options, '--out', out], {
    cwd: folder,
    // In a workflow of GitHub warnings would look otherwise; on a terminal they have colours.
    env: { ...process.env, GITHUB_ACTIONS: '', FORCE_COLOR: '0' },
  });
  const output = `${stdout}${stderr}`;
  if (output.includes('WARNING')) throw new Error(`vsce warns:\n${output}`);
  return readFile(out);
}
