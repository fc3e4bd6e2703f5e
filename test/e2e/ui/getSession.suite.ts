import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { grantAccess } from '../../vscode/boxPages';
import { expectRecord } from './records';
import { shareSignedIn, shareSignedOut } from './sharedScene';

const personal = { id: SEED.personalUserId, label: SEED.personalUserLogin };

describe('What getSession is asked for', () => {
  const signedIn = shareSignedIn();
  const logins = [SEED.userLogin, SEED.personalUserLogin] as const;
  const bothSignedIn = shareSignedIn({ settings: () => ({ 'consumer.account': personal }), logins });
  const signedOut = shareSignedOut();

  it('with forceNewSession, is a new sign-in that renews the same session', async () => {
    const scene = await signedIn.use();
    const first = expectRecord('session', await scene.consume('Get Session', () => scene.allowConsumer()));

    const forced = expectRecord(
      'session',
      await scene.consume('Force New Session', async () => {
        const begin = async (): Promise<void> => {
          await scene.workbench.dialog.answer(/Consumer.*wants you to sign in again/, 'Allow');
        };
        const tab = await scene.beginSignIn({ begin });
        await grantAccess(tab, SEED.userLogin);
      }),
    );

    assert.deepEqual([forced.id, forced.account], [first.id, first.account]);
    assert.notEqual(forced.accessTokenSha256, first.accessTokenSha256);
    const [silent] = [expectRecord('session', await scene.consume('Get Session Silently'))];
    assert.equal(silent.accessTokenSha256, forced.accessTokenSha256);
  });

  it('with an account, is that account’s session and no other; with a cleared preference, the person chooses anew', async () => {
    const scene = await bothSignedIn.use();

    const chosen = expectRecord('session', await scene.consume('Get Session', () => scene.allowConsumer()));
    assert.equal(chosen.account.label, SEED.userLogin);
    assert.deepEqual(expectRecord('session', await scene.consume('Get Session')).account, chosen.account);

    const ofAccount = expectRecord(
      'session',
      await scene.consume('Get Session of Account', async () => {
        await scene.workbench.dialog.answer(/Consumer.*wants to/, 'Allow');
      }),
    );
    assert.deepEqual(ofAccount.account, personal);

    const anew = expectRecord('session', await scene.consume('Choose Anew', () => scene.allowConsumer()));
    assert.deepEqual(anew.account, chosen.account);
    assert.deepEqual(
      expectRecord('session', await scene.consume('Get Session Silently')).account,
      chosen.account,
    );
  });

  it('by two extensions at once, is one sign-in that serves both', async () => {
    const scene = await signedOut.use({ 'consumer.scopes': ['root_readonly'] });
    const { dialog, quickInput } = scene.workbench;

    const given = await scene.consume('Get Session', async () => {
      const begin = async (): Promise<void> => {
        await dialog.answer(/Consumer.*wants to sign in/, 'Allow');
      };
      const tab = await scene.beginSignIn({ begin });
      await scene.workbench.runCommand('Box Example: List Root Folder');
      await grantAccess(tab, SEED.userLogin);
    });
    // VS Code lets nobody ask the provider while it signs somebody in: the second extension is asked about afterwards.
    await dialog.answer(/Box Example.*wants to sign in/, 'Allow');
    await quickInput.pick(SEED.userLogin);

    assert.equal(expectRecord('session', given).account.label, SEED.userLogin);
    await quickInput.expect('Box: All Files');
    const { codesExchanged } = await scene.box.counters();
    assert.equal(codesExchanged, 1);
  });

  it('while a sign-in from the palette waits, is served by that one', async () => {
    const scene = await signedOut.use();
    const tab = await scene.beginSignIn();

    const given = await scene.consume('Get Session', async () => {
      await scene.workbench.dialog.answer(/Consumer.*wants to sign in/, 'Allow');
      await grantAccess(tab, SEED.userLogin);
    });

    assert.equal(expectRecord('session', given).account.label, SEED.userLogin);
    await scene.status.expectText(SEED.userLogin);
    assert.equal((await scene.box.counters()).codesExchanged, 1);
  });
});
