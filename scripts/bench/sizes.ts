import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeServerRoot, extensionVsix, projectRoot } from '../../test/vscode/paths';
import { ratio, type Measurement } from './measurement';

const bundle = join(projectRoot, 'dist/extension.js');
const gitHubBundle = join(codeServerRoot, 'lib/vscode/extensions/github-authentication/dist/extension.js');

/** How large the extension is, in bytes, and how its bundle compares with that of the built-in GitHub extension. */
export const sizes: Measurement = {
  name: 'bytes',
  async run() {
    const [ours, gitHub, vsix] = await Promise.all([bundle, gitHubBundle, extensionVsix].map(bytes));
    return { bundle: ours, gitHubBundle: gitHub, vsix, ratioToGitHub: ratio(ours ?? NaN, gitHub ?? NaN) };
  },
};

async function bytes(file: string): Promise<number> {
  return (await stat(file)).size;
}
