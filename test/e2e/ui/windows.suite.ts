import assert from 'node:assert/strict';
import { SEED } from '../../emulator';
import { eventually } from '../../vscode/poll';
import type { SecretsMode } from '../../vscode/profile';
import { Scene } from './scene';

const MODES: Record<SecretsMode, string> = {
  desktop: 'share their secrets live, as on a desktop',
  browser: 'share no secrets live, as in a browser',
};
const ROUNDS = 3;

for (const [secrets, how] of Object.entries(MODES) as [SecretsMode, string][]) {
  describe(`Windows that ${how}`, () => {
    it('refresh once for all of them, reuse no refresh token, and end with the same live token', async () => {
      const scene = await Scene.open({ secrets });
      await scene.box.set({ rotation: 'strict', accessTtl: 4 });
      await scene.signIn();
      const other = await scene.profile.openWindow();
      await other.statusBarItem('box-authentication.account').expectText(SEED.userLogin);
      const before = (await scene.box.counters()).refreshRequests;

      for (let round = 0; round < ROUNDS; round++) {
        await tokenToEnd(scene);
        for (const window of [scene.workbench, other]) {
          await window.runCommand('Box: Copy Access Token');
          await window.notifications.expect(/copied/);
        }
      }

      const token = await other.clipboard();
      const { refreshReuse, refreshRequests } = await scene.box.counters();
      assert.deepEqual([refreshReuse, refreshRequests - before], [0, ROUNDS]);
      assert.equal((await scene.box.tokenInfo(token)).live, true);
    });
  });
}

/** Waits until no access token that Box has issued is accepted any more. */
async function tokenToEnd({ box }: Scene): Promise<void> {
  const tokens = await box.issuedSecrets();
  await eventually('every token to end', async () => {
    const infos = await Promise.all(tokens.map((token) => box.tokenInfo(token)));
    return infos.every(({ kind, live }) => kind !== 'access' || !live);
  });
}
