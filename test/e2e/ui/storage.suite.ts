import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import type { Scene } from './scene';
import { shareSignedIn } from './sharedScene';

describe('Sessions in storage', () => {
  const inBrowser = shareSignedIn();
  const logins = [SEED.userLogin, SEED.personalUserLogin] as const;
  const onDesktop = shareSignedIn({ secrets: 'desktop', logins });

  it('survive a reload of the window without a request', async () => {
    const scene = await inBrowser.use();
    const token = await scene.copyToken();
    const requests = await scene.sentRequests();

    await scene.workbench.reload();

    await scene.status.expectText(SEED.userLogin);
    assert.deepEqual(await scene.sentRequests(), requests);
    await scene.workbench.runCommand('Box: Copy Access Token');
    await scene.workbench.notifications.expect(/token/i);
    assert.equal(await scene.workbench.clipboard(), token);
  });

  it('are lost one by one: a damaged one takes no other with it', async () => {
    const scene = await onDesktop.useUp();
    const damaged = await damageRecordOf(scene, SEED.personalUserLogin);

    await scene.workbench.reload();

    await scene.status.expectText(SEED.userLogin);
    const token = await scene.copyToken();
    assert.equal((await scene.box.tokenInfo(token)).userId, SEED.userId);
    const entries = await scene.workbench.accounts.entries();
    assert.ok(!entries.some((entry) => entry.includes(SEED.personalUserLogin)), entries.join());
    const kept = [...scene.secrets()].filter(([key]) => key.startsWith('set-aside/session/'));
    assert.equal(kept.length, 1);
    assert.ok(kept[0]?.[1].includes(JSON.stringify(damaged)), 'the damaged record was thrown away');
    await scene.workbench.notifications.expect(/damaged and can’t be used/);
  });
});

/** Cuts the stored session of this user short, and gives what is left of it. */
async function damageRecordOf(scene: Scene, login: string): Promise<string> {
  const { key, record } = await scene.storedSession(login);
  const damaged = record.slice(0, record.length / 2);
  scene.storeSecret(key, damaged);
  return damaged;
}
