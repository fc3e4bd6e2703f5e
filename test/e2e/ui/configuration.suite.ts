import assert from 'node:assert/strict';
import { eventually } from '../../vscode/poll';
import { quietSettings } from '../../vscode/settings';
import { saveUserSettings } from '../../vscode/settingsEditor';
import { boxSettings } from '../../vscode/testBed';
import { Scene } from './scene';

const noApps = { 'box-authentication.apps': [] };

describe('Configuration', () => {
  it('of an app from nothing shows the redirect URI, copies it, and ends in a sign-in that asks for nothing more', async () => {
    const scene = await Scene.open({ settings: noApps });
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
    const scene = await Scene.open({ settings: noApps });
    await scene.workbench.runCommand('Box: Sign In');
    await scene.enterApp();
  });

  it('with a base URL that is not safe is refused: one error names the setting, nothing is sent', async () => {
    const scene = await Scene.open({ settings: { 'box-authentication.apiBaseUrl': 'http://example.com' } });

    await scene.workbench.runCommand('Box: Sign In');

    const error = await scene.workbench.notifications.expect('box-authentication.apiBaseUrl');
    assert.equal(error.severity, 'error');
    assert.equal((await scene.workbench.notifications.list()).length, 1);
    assert.deepEqual(await scene.box.requests(), []);
  });

  it('hides the status bar item when told to', async () => {
    const scene = await Scene.open();
    await scene.status.expectText('Box: Sign In');
    const isShown = (shown: boolean): Promise<void> =>
      saveUserSettings(scene.workbench, {
        ...quietSettings,
        ...boxSettings(scene.bed.emulator),
        'box-authentication.showStatusBarItem': shown,
      });
    await isShown(false);
    await scene.status.root.waitFor({ state: 'hidden' });
    await isShown(true);
    await scene.status.expectText('Box: Sign In');
  });
});
