import assert from 'node:assert/strict';
import { randomToken } from '../../../../src/box/authorizationRequest';
import { CallbackRouter } from '../../../../src/signIn/callback/callbackRouter';
import { UriSchemeMethod } from '../../../../src/signIn/methods/uriScheme';
import { RecordingLog } from '../../support/recordingLog';

const BARE = 'vscodium://vscode-box.box-authentication/callback';

describe('UriSchemeMethod', () => {
  const router = new CallbackRouter(new RecordingLog());
  const method = new UriSchemeMethod({ router, callbackUri: () => BARE });

  it('sends the bare callback URI, and the nonce as state', async () => {
    const nonce = randomToken();
    const { redirectUri, state } = await method.prepare(nonce);
    assert.deepEqual([redirectUri, state, method.redirectUris()], [BARE, nonce, [BARE]]);
  });

  it('gives the code that comes back with the state', async () => {
    const nonce = randomToken();
    const { response } = await method.prepare(nonce);
    router.handle('/callback', `code=the-code&state=${nonce}`);
    assert.deepEqual(await response, { code: 'the-code' });
  });

  it('waits no more when it is disposed', async () => {
    const nonce = randomToken();
    const prepared = await method.prepare(nonce);
    prepared.dispose();
    assert.equal(router.handle('/callback', `code=the-code&state=${nonce}`), false);
  });
});
