import assert from 'node:assert/strict';
import type { AuthenticationSession } from 'vscode';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

const SAM = SEED.personalUserLogin;

describe('BoxAuthenticationProvider with scopes of downscoped tokens', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
  });

  const get = (scopes: readonly string[] | undefined): Promise<AuthenticationSession[]> =>
    window.provider.getSessions(scopes, {});
  const signIns = async (): Promise<number> => (await box.control.counters()).codesExchanged;
  const scopesOf = async (accessToken: string): Promise<readonly string[] | undefined> =>
    (await box.control.tokenInfo(accessToken)).scopes;

  describe('createSession', () => {
    it('opens no browser where somebody is signed in', async () => {
      const parent = await window.signIn();
      const given = await window.provider.createSession(['item_preview'], {});
      assert.deepEqual([given.account, given.scopes], [parent.account, ['item_preview']]);
      assert.deepEqual(await scopesOf(given.accessToken), ['item_preview']);
      assert.equal(await signIns(), 1);
    });

    it('signs in where nobody is, and exchanges the token of that', async () => {
      const given = await window.provider.createSession(['item_preview', 'resource:file/12'], {});
      assert.deepEqual(await scopesOf(given.accessToken), ['item_preview']);
      assert.equal(await signIns(), 1);
      const [parent] = await get(undefined);
      assert.deepEqual([parent?.account, parent?.scopes], [given.account, []]);
    });

    it('signs in once for two that ask at once, and gives each its own token', async () => {
      const [preview, download] = await Promise.all([
        window.provider.createSession(['item_preview'], {}),
        window.provider.createSession(['item_download'], {}),
      ]);
      assert.equal(await signIns(), 1);
      assert.deepEqual(await scopesOf(preview.accessToken), ['item_preview']);
      assert.deepEqual(await scopesOf(download.accessToken), ['item_download']);
    });

    it('takes the account that is named, else the one that signed in last', async () => {
      const sam = await window.signIn({}, SAM);
      window.clock.jump(1000);
      const dana = await window.signIn();
      const create = (account?: LiveSession['account']): Promise<AuthenticationSession> =>
        window.provider.createSession(['item_preview'], account === undefined ? {} : { account });
      assert.deepEqual((await create()).account, dana.account);
      assert.deepEqual((await create(sam.account)).account, sam.account);
      assert.equal(await signIns(), 2);
    });

    it('exchanges another token each time, which is then the one that is kept', async () => {
      await window.signIn();
      const [before] = await get(['item_preview']);
      const given = await window.provider.createSession(['item_preview'], {});
      assert.equal(given.id, before?.id);
      assert.notEqual(given.accessToken, before?.accessToken);
      const [after] = await get(['item_preview']);
      assert.equal(after?.accessToken, given.accessToken);
    });

    it('tells which scopes are refused rather than open a browser', async () => {
      await window.signIn({ scopes: ['root_readonly'] });
      await assert.rejects(window.provider.createSession(['item_preview', 'item_upload'], {}), {
        name: 'ScopesRefusedError',
        scopes: ['item_upload'],
      });
      assert.equal(await signIns(), 1);
    });
  });
});
