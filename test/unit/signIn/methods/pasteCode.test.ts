import assert from 'node:assert/strict';
import { PasteCodeMethod } from '../../../../src/signIn/methods/pasteCode';

describe('PasteCodeMethod', () => {
  it('sends the local server’s first redirect URI, so that nothing more needs to be registered', async () => {
    const method = new PasteCodeMethod({ ports: () => [24_160, 31_160] });
    const { redirectUri, state, isPasted } = await method.prepare('nonce');
    assert.deepEqual([redirectUri, state, isPasted], ['http://127.0.0.1:24160/callback', 'nonce', true]);
    assert.deepEqual(method.redirectUris(), [redirectUri]);
  });

  it('works where no port is set, and names the URI that it sends as one to register', async () => {
    const method = new PasteCodeMethod({ ports: () => [] });
    assert.equal((await method.prepare('nonce')).redirectUri, 'http://127.0.0.1:17160/callback');
    assert.deepEqual(method.redirectUris(), ['http://127.0.0.1:17160/callback']);
  });
});
