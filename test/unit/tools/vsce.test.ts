import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from '../../../tools/lib/reproducibleZip';
import { packWithVsce } from '../../../tools/lib/vsce';
import { useTemporaryFolders } from './temporaryFolder';

const manifest = { name: 'small', publisher: 'someone', version: '1.0.0', engines: { vscode: '^1.105.0' } };

describe('packWithVsce', function () {
  this.timeout(30_000);
  const temporaryFolder = useTemporaryFolders();

  function extension(more: object = {}): string {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, ...more }));
    writeFileSync(join(folder, '.vscodeignore'), '*.vsix\n');
    writeFileSync(join(folder, 'README.md'), '# Small\n');
    writeFileSync(join(folder, 'LICENSE'), 'A licence\n');
    return folder;
  }

  it('gives the VSIX of an extension', async () => {
    const files = filesOf(await packWithVsce(extension()));
    assert.ok(files.has('extension/package.json'));
  });

  it('fails where vsce warns', async () => {
    await assert.rejects(packWithVsce(extension({ extensionKind: 'ui' })), /vsce warns:[^]*extensionKind/);
  });

  it('fails where vsce does', async () => {
    await assert.rejects(packWithVsce(extension({ version: 'none' })), /Invalid extension "version"/);
  });
});
