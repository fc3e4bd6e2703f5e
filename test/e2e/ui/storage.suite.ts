import assert from 'node:assert/strict';
import { SEED } from '../../emulator';
import { eventually } from '../../vscode/poll';
import type { SecretsMode } from '../../vscode/profile';
import { Scene } from './scene';

describe('Sessions in storage', () => {
  it('survive a reload of the window without a request', async () => {
    const scene = await Scene.open();
    await scene.signIn();
    const token = await scene.copyToken();
    const requests = await scene.requestCount();

    await scene.workbench.reload();

    await scene.status.expectText(SEED.userLogin);
    assert.equal(await scene.requestCount(), requests);
    await scene.workbench.runCommand('Box: Copy Access Token');
    await scene.workbench.notifications.expect(/token/i);
    assert.equal(await scene.workbench.clipboard(), token);
  });

  it('are lost one by one: a damaged one takes no other with it', async () => {
    const scene = await Scene.open({ secrets: 'desktop' });
    await scene.signIn();
    await scene.signIn({ login: SEED.personalUserLogin, asksSecret: false });
    const damaged = damageRecordOf(scene, SEED.personalUserLogin);

    await scene.workbench.reload();

    await scene.status.expectText(SEED.userLogin);
    const token = await scene.copyToken();
    assert.equal((await scene.box.tokenInfo(token)).userId, SEED.userId);
    const entries = await scene.workbench.accounts.entries();
    assert.ok(!entries.some((entry) => entry.includes(SEED.personalUserLogin)), entries.join());
    assert.ok([...scene.secrets().values()].includes(damaged), 'the damaged record was thrown away');
  });

  for (const secrets of ['desktop', 'browser'] satisfies SecretsMode[]) {
    it(`appear in another window at once, and disappear there too (${secrets})`, async () => {
      const scene = await Scene.open({ secrets });
      const other = await scene.profile.openWindow();
      const otherStatus = other.statusBarItem('box-authentication.account');
      await otherStatus.expectText('Box: Sign In');

      await scene.signIn();
      await otherStatus.expectText(SEED.userLogin);

      await scene.workbench.runCommand('Box: Sign Out');
      await otherStatus.expectText('Box: Sign In');
    });
  }

  it('are refreshed once when two windows find the token at its end', async () => {
    const scene = await Scene.open({ secrets: 'desktop' });
    await scene.box.set({ accessTtl: 3 });
    await scene.signIn();
    const other = await scene.profile.openWindow();
    await other.statusBarItem('box-authentication.account').expectText(SEED.userLogin);
    const old = await scene.copyToken();
    await eventually('the token to end', async () => !(await scene.box.tokenInfo(old)).live);
    await scene.box.set({ accessTtl: 3600 });
    const before = (await scene.box.counters()).refreshRequests;

    await scene.workbench.runCommand('Box: Copy Access Token');
    await other.runCommand('Box: Copy Access Token');
    await other.notifications.expect(/token/i);

    assert.equal((await scene.box.counters()).refreshRequests - before, 1);
    const token = await other.clipboard();
    assert.equal((await scene.box.tokenInfo(token)).live, true);
  });
});

/** Cuts the stored session of this user short, and gives what is left of it. */
function damageRecordOf(scene: Scene, login: string): string {
  const [key, record] =
    [...scene.secrets()].find(([, value]) => value.includes(login) && value.includes('refreshToken')) ?? [];
  assert.ok(key !== undefined && record !== undefined, 'no record of that user');
  const damaged = record.slice(0, record.length / 2);
  scene.storeSecret(key, damaged);
  return damaged;
}
