import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { extensionVsix, projectRoot } from '../../tools/lib/paths';
import { codeServerRoot } from '../vscode/paths';
import { bytesAtStart } from '../../tools/lib/bundle';
import { atMost, ratio, type Measurement } from './measurement';

const gitHubBundleFile = join(
  codeServerRoot,
  'lib/vscode/extensions/github-authentication/dist/extension.js',
);
const mostBundleBytes = 110_000;

/** How large the extension is, in bytes, and how what a window loads at its start compares with that of the built-in GitHub extension. */
export const sizes: Measurement = {
  name: 'bytes',
  async run() {
    const bundle = await bytesAtStart((path) => readFile(join(projectRoot, 'dist', path)));
    const gitHubBundle = await bytes(gitHubBundleFile);
    return {
      bundle,
      gitHubBundle,
      vsix: await bytes(extensionVsix),
      ratioToGitHub: ratio(bundle, gitHubBundle),
      budgets: { bundle: atMost(mostBundleBytes, bundle) },
    };
  },
};

async function bytes(file: string): Promise<number> {
  return (await stat(file)).size;
}
