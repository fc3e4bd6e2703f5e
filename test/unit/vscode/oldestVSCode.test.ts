import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { oldestCodeServer } from '../../vscode/oldestVSCode';

describe('oldestCodeServer', () => {
  it('names the releases that carry the oldest VS Code of the manifest', () => {
    assert.equal(oldestCodeServer({ engines: { vscode: '^1.105.0' } }), '~4.105.0');
  });

  it('understands the manifest of the extension', () => {
    assert.match(oldestCodeServer(manifest), /^~4\.\d+\.0$/);
  });

  for (const vscode of ['*', '1.105.0', '^2.0.0', '>=1.105.0', '^1.105']) {
    it(`refuses ${vscode}`, () => {
      assert.throws(() => oldestCodeServer({ engines: { vscode } }), /is not like/);
    });
  }
});
