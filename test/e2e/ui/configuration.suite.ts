import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { eventually } from '../../vscode/poll';
import { ccgApp } from './credentials';
import { expectDead } from './scene';
import { shareSignedOut } from './sharedScene';

const noApps = { 'box-authentication.apps': [] };

describe('Configuration', () => {
  const shared = shareSignedOut();

  it('of an app from nothing shows the redirect URI, copies it, and ends in a sign-in that asks for nothing more', async () => {
    const scene = await shared.open(noApps);
    const { quickInput } = scene.workbench;
    await scene.workbench.runCommand('Box: Configure App');
    await scene.enterApp();
    const { redirectPage } = scene.bed.emulator;

    await quickInput.pressRowButton(redirectPage, /copy/i);
    await eventually('the redirect URI', async () => (await scene.workbench.clipboard()) === redirectPage);

    await quickInput.pick('Done');
    await quickInput.closed();

    await scene.signIn({ asksSecret: false });
  });

  it('is asked for by Box: Sign In when there is no app', async () => {
    const scene = await shared.use(noApps);
    await scene.workbench.runCommand('Box: Sign In');
    await scene.enterApp();
  });

  it('with a base URL that is not safe is refused: one error names the setting, nothing is sent', async () => {
    const scene = await shared.useUp();
    const { notifications } = scene.workbench;
    await scene.changeSettings({ 'box-authentication.apiBaseUrl': 'http://example.com' });
    // The change shows the same error, which VS Code would replace by the next one.
    await notifications.expect('box-authentication.apiBaseUrl');
    await notifications.clear();

    await scene.workbench.runCommand('Box: Sign In');

    const error = await notifications.expect('box-authentication.apiBaseUrl');
    assert.equal(error.severity, 'error');
    assert.equal((await notifications.list()).length, 1);
    assert.deepEqual(await scene.box.requests(), []);
  });

  it('hides the status bar item when told to', async () => {
    const scene = await shared.use();
    await scene.status.expectText('Box: Sign In');
    const isShown = (shown: boolean): Promise<void> =>
      scene.changeSettings({ 'box-authentication.showStatusBarItem': shown });
    await isShown(false);
    await scene.status.root.waitFor({ state: 'hidden' });
    await isShown(true);
    await scene.status.expectText('Box: Sign In');
  });

  it('P2: of one client ID as two users side by side works for both, and removing one leaves the other', async () => {
    // Nobody uses these windows later: the user's label is given to this app for good.
    const scene = await shared.takeOver({ 'box-authentication.apps': [ccgApp] });
    const { quickInput, notifications } = scene.workbench;
    await scene.workbench.runCommand('Box: Sign In');
    await scene.enterClientSecret(SEED.ccgClientSecret);
    await scene.status.expectText('Service account (Nightly)');
    const first = await scene.copyToken();

    await scene.workbench.runCommand('Box: Configure App');
    await quickInput.pick('Nightly');
    await quickInput.pick('Change Acting User');
    await quickInput.pick('As a User');
    await quickInput.expectMessage(/ID of the Box user/);
    await quickInput.submit(SEED.userId);
    await quickInput.pick('Keep Both');
    await notifications.press('Nightly is configured', 'Sign In');
    await quickInput.rows.filter({ hasText: 'Acts as user' }).click();
    await scene.status.expectText(SEED.userLogin);
    const second = (await scene.box.issuedSecrets()).at(-1) ?? '';
    assert.equal((await scene.box.tokenInfo(first)).live, true);

    await scene.workbench.runCommand('Box: Configure App');
    await quickInput.rows.filter({ hasText: 'Acts as its service account' }).click();
    await quickInput.pick('Remove…');
    await scene.workbench.dialog.answer(/Remove the app Nightly/, 'Remove');
    await expectDead(scene.box, first);
    assert.equal((await scene.box.tokenInfo(second)).live, true);
    await scene.status.expectText(SEED.userLogin);
    await scene.workbench.runCommand('Box: Refresh Access Token');
    await notifications.expect('work until they expire');
  });
});
