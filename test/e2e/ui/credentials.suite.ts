import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { SEED } from '../../emulator/src';
import { eventually } from '../../vscode/poll';
import {
  addByConfigFile,
  annotatorScopes,
  ccgApp,
  createAnnotatorToken,
  createDownscopedToken,
  withConfigFile,
} from './credentials';
import { expectRecord } from './records';
import { expectDead } from './scene';
import { shareSignedIn, shareSignedOut } from './sharedScene';

describe('Apps that act as themselves', () => {
  const noApps = { 'box-authentication.apps': [] };
  const shared = shareSignedOut({ settings: () => ({ 'box-authentication.apps': [ccgApp] }) });

  it('sign in with client credentials, copy, refresh and sign out, without a browser', async () => {
    const scene = await shared.use();
    await scene.workbench.runCommand('Box: Sign In');
    await scene.enterClientSecret(SEED.ccgClientSecret);
    await scene.status.expectText('Service account (Nightly)');

    // Not copied: of more than three notifications within 800 ms, VS Code does not show the rest.
    const first = (await scene.box.issuedSecrets()).at(-1) ?? '';
    assert.equal((await scene.box.tokenInfo(first)).live, true);
    await scene.workbench.runCommand('Box: Refresh Access Token');
    await scene.workbench.notifications.expect('work until they expire');
    const second = await scene.copyToken();
    assert.notEqual(second, first);
    assert.equal((await scene.box.tokenInfo(first)).live, true);

    await scene.signOut();
    await scene.status.expectText('Box: Sign In');
    await expectDead(scene.box, second);
    await expectDead(scene.box, first);
  });

  it('are added whole, with client credentials as a user', async () => {
    const scene = await shared.use(noApps);
    const { quickInput } = scene.workbench;
    await scene.workbench.runCommand('Box: Configure App');
    await quickInput.pick('Client Credentials');
    await quickInput.expectMessage(/name/i);
    await quickInput.submit('Nightly');
    await quickInput.expectMessage(/client id/i);
    await quickInput.submit(SEED.ccgClientId);
    await quickInput.expectMessage(/client secret/i);
    await quickInput.submit(SEED.ccgClientSecret);
    await quickInput.pick('As a User');
    await quickInput.expectMessage(/ID of the Box user/);
    await quickInput.submit(SEED.userId);

    await scene.workbench.notifications.press('Nightly is configured', 'Sign In');
    await scene.status.expectText(SEED.userLogin);
  });

  it('are added by the config.json that Box gives, which is moved away when wanted', async () => {
    const scene = await shared.use(noApps);
    await withConfigFile(scene, async (file) => {
      await addByConfigFile(scene, file);
      await scene.workbench.notifications.press('secret storage', 'Move to Trash');
      await scene.workbench.dialog.answer(/couldn’t be moved/, 'Delete Permanently').catch(() => undefined);
      await eventually('the file to be gone', () => !existsSync(file));

      await scene.workbench.notifications.press('Reports is configured', 'Sign In');
      await scene.status.expectText('Service account (Reports)');
      const token = await scene.copyToken();
      assert.equal((await scene.box.tokenInfo(token)).live, true);

      const annotators = await createAnnotatorToken(scene);
      assert.notEqual(annotators, token);
      const { live, scopes = [] } = await scene.box.tokenInfo(annotators);
      assert.deepEqual({ live, scopes: new Set(scopes) }, { live: true, scopes: new Set(annotatorScopes) });
    });
  });

  it('say what is wrong when Box refuses, and keep nothing', async () => {
    const scene = await shared.open();
    await scene.workbench.runCommand('Box: Sign In');
    await scene.enterClientSecret('wrong');
    await scene.workbench.notifications.expect('rejected the client ID or client secret of Nightly');
    await scene.status.expectText('Box: Sign In');
    const line =
      /\[error\] box-authentication\.signIn failed after \d+ ms \(app Nightly\): OAuthError: Box answered invalid_client: .+ \(HTTP status 400, request ID \w+\)/g;
    await eventually('the line in the log', async () => (await scene.bed.timesLogged(line)) === 1);
    await scene.workbench.runCommand('Box: Show Log');
    await scene.workbench.page
      .locator('.output-view .view-line')
      .filter({ hasText: 'box-authentication.signIn failed' })
      .waitFor();
    await scene.workbench.notifications.clear();
    await scene.workbench.runCommand('Box: Sign In');
    await scene.enterClientSecret(SEED.ccgClientSecret);
    await scene.status.expectText('Service account (Nightly)');
  });
});

describe('A developer token', () => {
  const shared = shareSignedOut();

  it('is checked, shown as temporary, copied, and removed without asking Box', async () => {
    const scene = await shared.use();
    const { accessToken } = await scene.box.issuePair(SEED.clientId, SEED.userId);
    await scene.workbench.runCommand('Box: Add Developer Token…');
    await scene.workbench.quickInput.expect(/developer token/i);
    assert.equal(await scene.workbench.quickInput.isPassword(), true, 'the token is typed in the clear');
    await scene.workbench.quickInput.submit('never-issued');
    await scene.workbench.quickInput.expectMessage(/rejected this token/);
    await scene.workbench.quickInput.submit(accessToken);
    await scene.workbench.notifications.expect('can’t be refreshed');
    await scene.status.expectText(SEED.userLogin);
    assert.match(await scene.status.tooltip(), /temporary/);

    assert.equal(await scene.copyToken(), accessToken);
    await scene.workbench.notifications.expect('at the latest');
    await scene.workbench.runCommand('Box: Refresh Access Token');
    await scene.workbench.notifications.expect('A developer token can’t be refreshed');

    await scene.signOut();
    await scene.workbench.notifications.expect('works until it expires');
    await scene.status.expectText('Box: Sign In');
    assert.equal((await scene.box.tokenInfo(accessToken)).live, true);
    assert.equal((await scene.box.counters()).revocations, 0);
  });
});

describe('Downscoped tokens', () => {
  const scopes = ['item_preview', 'item_download'];
  const shared = shareSignedIn({ settings: () => ({ 'consumer.scopes': scopes }) });

  it('are made by Box: Create Downscoped Token…, and may do only what was chosen', async () => {
    const scene = await shared.use();
    const token = await createDownscopedToken(scene);
    const info = await scene.box.tokenInfo(token);
    assert.equal(info.live, true);
    assert.deepEqual(info.scopes, ['item_preview']);
  });

  it('are given to other extensions for their exact scopes, and refused where the app lacks one', async () => {
    const scene = await shared.useUp();

    const first = expectRecord('session', await scene.consume('Get Session', () => scene.allowConsumer()));
    assert.deepEqual(first.scopes, scopes);
    assert.equal(first.account.label, SEED.userLogin);
    const requests = (await scene.box.requests()).length;
    assert.deepEqual(expectRecord('session', await scene.consume('Get Session')), first);
    assert.equal((await scene.box.requests()).length, requests);
    const own = createHash('sha256')
      .update(await scene.copyToken())
      .digest('hex');
    assert.notEqual(first.accessTokenSha256, own);

    await scene.changeSettings({ 'consumer.scopes': ['item_preview', 'root_readonly'] });
    const mixed = await scene.consume('Get Session');
    assert.equal(mixed.event, 'error');
    assert.match(mixed.message, /root_readonly.*two requests/);
  });
});
