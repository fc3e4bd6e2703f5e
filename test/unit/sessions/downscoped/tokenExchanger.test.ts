import assert from 'node:assert/strict';
import { ScopesRefusedError, SessionError } from '../../../../src/sessions/errors';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

describe('TokenExchanger', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let parent: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    parent = await window.signIn();
  });

  const refreshes = async (): Promise<number> => (await box.control.counters()).refreshes;

  it('names the scope that is missing also when the token was dead, after one refresh', async () => {
    await box.control.expireAccessTokens();
    const exchange = window.downscoped.exchange(parent, ['manage_groups']);
    await assert.rejects(passWaits(window.clock, exchange), (error) => {
      assert.ok(error instanceof ScopesRefusedError);
      assert.deepEqual(error.scopes, ['manage_groups']);
      return true;
    });
    assert.equal(await refreshes(), 1);
  });

  it('revokes what comes back after the session was signed out, and gives it to nobody', async () => {
    const { exchanger } = window;
    let token = '';
    const run = exchanger.run(parent, {
      kind: 'downscoped',
      resource: undefined,
      scopes: ['item_preview'],
      send: async ({ pair }) => {
        const downscoping = { subjectToken: pair.accessToken, scopes: ['item_preview'] };
        const { accessToken } = await box.client(window.clock).exchange(box.endpoints, downscoping);
        token = accessToken;
        await window.signOut.run(parent.id);
        return { accessToken, expiresIn: 3600, issuedAt: window.clock.now() };
      },
    });
    await assert.rejects(run, (error) => error instanceof SessionError && error.code === 'signed_out');
    assert.equal((await box.control.tokenInfo(token)).live, false);
    assert.deepEqual(window.secrets.keysBelow('revocation/'), []);
    await window.children.idle();
    assert.deepEqual(window.secrets.keysBelow('children/'), []);
    assert.equal((await box.control.requests({ grantType: EXCHANGE })).length, 1);
  });
});
