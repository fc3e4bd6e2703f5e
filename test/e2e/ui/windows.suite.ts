import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { grantAccess } from '../../vscode/boxPages';
import { eventually } from '../../vscode/poll';
import type { SecretsMode } from '../../vscode/profile';
import type { Workbench } from '../../vscode/workbench';
import { expectAllDead, expectDead } from './scene';
import { extensionId } from './seed';
import { shareSignedOut } from './sharedScene';

/** Longest path of a socket that every system takes, in bytes. */
const longestSocket = 100;

const MODES: Record<SecretsMode, string> = {
  desktop: 'share their secrets live, as on a desktop',
  browser: 'share no secrets live, as in a browser',
};

for (const [secrets, how] of Object.entries(MODES) as [SecretsMode, string][]) {
  describe(`Two windows that ${how}`, () => {
    const shared = shareSignedOut({ secrets, windows: 2 });

    it('have a session at once when one signs in, and have it no more when that one signs out', async () => {
      const scene = await shared.use();
      const otherStatus = statusOf(scene.otherWindow);
      await otherStatus.expectText('Box: Sign In');

      await scene.signIn();
      await otherStatus.expectText(SEED.userLogin);

      await scene.signOut();
      await otherStatus.expectText('Box: Sign In');
    });

    if (secrets === 'desktop') it('refresh once when both find the token at its end', refreshOnce);
    else it('refresh in turn, in a folder as deep as a usual code-server’s', refreshInTurn);

    it('are both signed out when one signs out while the other refreshes', async () => {
      const scene = await shared.use();
      const other = scene.otherWindow;
      await scene.signIn();
      await statusOf(other).expectText(SEED.userLogin);
      await scene.box.fault({ endpoint: 'token', kind: 'delay', delayMs: 2000 });

      await other.runCommand('Box: Refresh Access Token');
      await eventually('the request', async () => (await scene.box.counters()).refreshRequests > 0);
      await scene.signOut();

      for (const window of [scene.workbench, other]) await statusOf(window).expectText('Box: Sign In');
      await expectAllDead(scene.box);
      await other.reload();
      await statusOf(other).expectText('Box: Sign In');
    });

    it('have both accounts when each signs one in at the same time', async () => {
      const scene = await shared.use();
      const other = scene.otherWindow;
      const first = await scene.beginSignIn();
      const second = await scene.beginSignIn({ begin: () => other.runCommand('Box: Sign In') });

      await grantAccess(first, SEED.userLogin);
      await grantAccess(second, SEED.personalUserLogin);

      for (const window of [scene.workbench, other]) {
        await expectAccounts(window, [SEED.userLogin, SEED.personalUserLogin]);
      }
      await scene.workbench.reload();
      await scene.status.expectText(/@example\.com/);
      await expectAccounts(scene.workbench, [SEED.userLogin, SEED.personalUserLogin]);
    });

    async function refreshInTurn(): Promise<void> {
      const scene = await shared.use();
      const other = scene.otherWindow;
      assert.ok(Buffer.byteLength(scene.bed.server.sharedFolder(extensionId)) > longestSocket);
      await scene.signIn();
      await statusOf(other).expectText(SEED.userLogin);
      await scene.box.set({ rotation: 'strict' });

      await scene.refresh(other);
      const token = await scene.copyToken();
      await scene.refresh();

      assert.notEqual(await scene.copyToken(), token);
      assert.equal((await scene.box.counters()).refreshReuse, 0);
    }

    async function refreshOnce(): Promise<void> {
      const scene = await shared.use();
      const other = scene.otherWindow;
      await scene.box.set({ accessTtl: 3 });
      await scene.signIn();
      await statusOf(other).expectText(SEED.userLogin);
      await expectDead(scene.box, await scene.copyToken());
      await scene.box.set({ accessTtl: 3600 });
      const before = (await scene.box.counters()).refreshRequests;

      await scene.workbench.runCommand('Box: Copy Access Token');
      await other.runCommand('Box: Copy Access Token');
      await other.notifications.expect(/token/i);

      assert.equal((await scene.box.counters()).refreshRequests - before, 1);
      const token = await other.clipboard();
      assert.equal((await scene.box.tokenInfo(token)).live, true);
    }
  });
}

function statusOf(window: Workbench): ReturnType<Workbench['statusBarItem']> {
  return window.statusBarItem('box-authentication.account');
}

async function expectAccounts(window: Workbench, logins: readonly string[]): Promise<void> {
  await eventually(`the accounts ${logins.join()}`, async () => {
    const entries = await window.accounts.entries();
    return logins.every((login) => entries.some((entry) => entry.includes(login)));
  });
}
