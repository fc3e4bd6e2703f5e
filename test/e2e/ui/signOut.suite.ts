import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { expectDead } from './scene';
import { shareSignedOut } from './sharedScene';

describe('Signing out', () => {
  const shared = shareSignedOut();

  it('from the Accounts menu ends the tokens at Box and the session here', async () => {
    const scene = await shared.use();
    await scene.signIn();
    const token = await scene.copyToken();
    const entries = await scene.workbench.accounts.entries();
    assert.ok(
      entries.some((entry) => entry.includes(SEED.userLogin)),
      `not in the Accounts menu: ${entries.join()}`,
    );

    await scene.workbench.accounts.choose(SEED.userLogin, 'Sign Out');
    await scene.workbench.dialog.answer(SEED.userLogin, 'Sign Out');

    await scene.status.expectText('Box: Sign In');
    await expectDead(scene.box, token);
    assert.equal((await scene.box.counters()).revocations, 1);
  });

  it('with Box: Sign Out does the same', async () => {
    const scene = await shared.use();
    await scene.signIn();
    const token = await scene.copyToken();

    await scene.workbench.runCommand('Box: Sign Out');
    const { detail } = await scene.workbench.dialog.answer(`Sign out of ${SEED.userLogin}?`, 'Cancel');
    assert.match(detail, /revoked at Box/);
    assert.equal((await scene.box.tokenInfo(token)).live, true);
    await scene.signOut();

    await scene.status.expectText('Box: Sign In');
    await expectDead(scene.box, token);
  });

  it('asks which account when there are two, and leaves the other', async () => {
    const scene = await shared.use();
    await scene.signIn();
    await scene.signIn({ login: SEED.personalUserLogin, asksSecret: false });

    await scene.signOut(SEED.personalUserLogin);

    await scene.status.expectText(SEED.userLogin);
    const token = await scene.copyToken();
    assert.equal((await scene.box.tokenInfo(token)).userId, SEED.userId);
  });
});
