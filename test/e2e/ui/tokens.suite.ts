import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { eventually } from '../../vscode/poll';
import { expectDead, type Scene } from './scene';
import { shareSignedIn } from './sharedScene';

describe('Access tokens', () => {
  const shared = shareSignedIn();

  it('are copied by Box: Copy Access Token, and Box takes them', async () => {
    const scene = await shared.use();

    const token = await scene.copyToken();

    const response = await fetch(`${scene.bed.emulator.origin}/2.0/users/me`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(response.status, 200);
    const { login } = (await response.json()) as { login: string };
    assert.equal(login, SEED.userLogin);
  });

  it('are copied in a format by Box: Copy Access Token As…, and Box takes them', async () => {
    const scene = await shared.use();
    const { quickInput, notifications } = scene.workbench;

    await scene.workbench.runCommand('Box: Copy Access Token As…');
    await quickInput.pick('Postman environment');

    await notifications.expect(/Postman environment copied/);
    const { values } = JSON.parse(await scene.workbench.clipboard()) as {
      values: { key: string; value: string; type: string }[];
    };
    const token = values.find(({ key }) => key === 'access_token');
    assert.equal(token?.type, 'secret');
    assert.equal((await scene.box.tokenInfo(token.value)).live, true);
    assert.equal(values.find(({ key }) => key === 'refresh_token')?.value, '');
  });

  it('are renewed by Box: Refresh Access Token with one request', async () => {
    const scene = await shared.use();
    const old = await scene.copyToken();
    const before = (await scene.box.counters()).refreshRequests;

    await refresh(scene);
    const renewed = await scene.copyToken();

    assert.notEqual(renewed, old);
    assert.equal((await scene.box.tokenInfo(renewed)).live, true);
    assert.equal((await scene.box.counters()).refreshRequests - before, 1);
  });

  it('are renewed with one request when an extension asks after they have ended', async () => {
    const scene = await shared.use();
    await scene.box.set({ accessTtl: 3 });
    await refresh(scene);
    const old = await scene.copyToken();
    await expectDead(scene.box, old);
    await scene.box.set({ accessTtl: 3600 });
    const before = (await scene.box.counters()).refreshRequests;

    await scene.consume('Get Session', () => scene.allowConsumer());
    await scene.consume('Get Session Silently');

    assert.equal((await scene.box.counters()).refreshRequests - before, 1);
  });

  it('outlive a time without a network: the session stays and works again afterwards', async () => {
    const scene = await shared.use();
    await scene.box.fault({ endpoint: 'token', kind: 'dropBefore', times: -1 });

    await scene.workbench.runCommand('Box: Refresh Access Token');
    const notification = await scene.workbench.notifications.expect(/can’t be reached/, 40_000);
    assert.equal(notification.severity, 'error');
    await scene.status.expectText(SEED.userLogin);

    await scene.box.clearFaults();
    const token = await scene.copyToken();
    assert.equal((await scene.box.tokenInfo(token)).live, true);
  });

  it('end at Box with Box: Revoke Tokens, after a question, and a new sign-in is needed', async () => {
    const scene = await shared.takeOver();
    const token = await scene.copyToken();

    await scene.workbench.runCommand('Box: Revoke Tokens');
    const question = await scene.workbench.dialog.answer(/revoke/i, 'Revoke Tokens');
    assert.ok(question.message.length > 0);

    await expectDead(scene.box, token);
    await scene.status.expectText('Box: Sign In');
    await scene.status.expectIcon('warning');
    assert.equal(
      await scene.status.ariaLabel(),
      `Box: ${SEED.userLogin} needs to sign in again. Show account`,
    );
  });
});

/** Refreshes the token from the palette, and waits until Box has given another. */
async function refresh({ box, workbench }: Scene): Promise<void> {
  const { refreshes } = await box.counters();
  await workbench.runCommand('Box: Refresh Access Token');
  await eventually('the refresh', async () => (await box.counters()).refreshes === refreshes + 1);
}
