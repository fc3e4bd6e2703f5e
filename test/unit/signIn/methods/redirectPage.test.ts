import assert from 'node:assert/strict';
import { randomToken } from '../../../../src/box/authorizationRequest';
import { CallbackRouter } from '../../../../src/signIn/callback/callbackRouter';
import { RedirectPageMethod } from '../../../../src/signIn/methods/redirectPage';
import { RecordingLog } from '../../support/recordingLog';

const PAGE = 'https://vscode.dev/redirect';
const DESKTOP = 'vscode://vscode-box.box-authentication/callback';
const SERVED = 'http://127.0.0.1:8000/callback?vscode-reqid=1&vscode-scheme=code-oss&vscode-query=';

describe('RedirectPageMethod', () => {
  let router: CallbackRouter;

  beforeEach(() => {
    router = new CallbackRouter(new RecordingLog());
  });

  const method = (
    externalCallbackUri = (query: string) => Promise.resolve(`${DESKTOP}?${query}`),
    redirectPage = () => PAGE,
  ): RedirectPageMethod => new RedirectPageMethod({ router, redirectPage, externalCallbackUri });

  it('is named as in the setting, and has the page as its one redirect URI', () => {
    assert.deepEqual([method().name, method().redirectUris()], ['redirectPage', [PAGE]]);
  });

  it('sends the page as the redirect URI, byte for byte', async () => {
    const page = 'https://Example.com/Redirect/';
    const prepared = await method(undefined, () => page).prepare(randomToken());
    assert.equal(prepared.redirectUri, page);
  });

  it('sends as state the callback URI with the nonce, percent-encoded once', async () => {
    const nonce = randomToken();
    const { state } = await method().prepare(nonce);
    assert.equal(decodeURIComponent(state), `${DESKTOP}?nonce=${nonce}`);
    assert.match(state, /^[A-Za-z0-9_.~%!'()*-]+$/);
  });

  it('encodes a callback URI that is encoded in itself once more, and no more', async () => {
    const nonce = randomToken();
    const uri = `${SERVED}${encodeURIComponent(`nonce=${nonce}`)}`;
    const { state } = await method(() => Promise.resolve(uri)).prepare(nonce);
    assert.equal(decodeURIComponent(state), uri);
  });

  it('has the nonce in nothing but the state', async () => {
    const nonce = randomToken();
    const { redirectUri } = await method().prepare(nonce);
    assert.ok(!redirectUri.includes(nonce));
  });

  it('gives the code that comes back with the nonce alone, without the state', async () => {
    const nonce = randomToken();
    const { response } = await method().prepare(nonce);
    assert.equal(router.handle('/callback', `nonce=${nonce}&code=abc`), true);
    assert.deepEqual(await response, { code: 'abc' });
  });

  it('waits no more when it is disposed', async () => {
    const nonce = randomToken();
    const prepared = await method().prepare(nonce);
    prepared.dispose();
    prepared.dispose();
    assert.equal(router.handle('/callback', `nonce=${nonce}&code=abc`), false);
  });

  it('rejects when there is no address to come back to, and waits for nothing', async () => {
    const nonce = randomToken();
    const failing = method(() => Promise.reject(new Error('no tunnel')));
    await assert.rejects(failing.prepare(nonce), { message: 'no tunnel' });
    assert.equal(router.handle('/callback', `nonce=${nonce}&code=abc`), false);
  });

  it('rejects when the setting is wrong', async () => {
    const failing = method(undefined, () => {
      throw new Error('wrong setting');
    });
    await assert.rejects(failing.prepare(randomToken()), { message: 'wrong setting' });
  });
});
