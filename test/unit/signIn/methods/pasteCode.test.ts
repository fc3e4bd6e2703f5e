import assert from 'node:assert/strict';
import { PasteCodeMethod } from '../../../../src/signIn/methods/pasteCode';

describe('PasteCodeMethod', () => {
  it('sends the local server’s first redirect URI, so that nothing more needs to be registered', async () => {
    const method = new PasteCodeMethod({ ports: () => [49_161, 49_162] });
    const { redirectUri, state, isPasted } = await method.prepare('nonce');
    assert.deepEqual([redirectUri, state, isPasted], ['http://127.0.0.1:49161/callback', 'nonce', true]);
    assert.deepEqual(method.redirectUris(), [redirectUri]);
  });

  it('works where no port is set', async () => {
    const method = new PasteCodeMethod({ ports: () => [] });
    assert.equal((await method.prepare('nonce')).redirectUri, 'http://127.0.0.1:49160/callback');
  });
});
