import { SEED } from '../../emulator';
import { grantAccess } from '../../vscode/boxPages';
import { eventually } from '../../vscode/poll';
import type { SecretsMode } from '../../vscode/profile';
import type { Workbench } from '../../vscode/workbench';
import { Scene } from './scene';

const MODES: Record<SecretsMode, string> = {
  desktop: 'share their secrets live, as on a desktop',
  browser: 'share no secrets live, as in a browser',
};

for (const [secrets, how] of Object.entries(MODES) as [SecretsMode, string][]) {
  describe(`Two windows that ${how}`, () => {
    it('have both accounts when each signs one in at the same time', async () => {
      const { scene, other } = await openTwo(secrets);
      const first = await scene.beginSignIn();
      const second = await scene.beginSignIn({
        asksSecret: false,
        begin: () => other.runCommand('Box: Sign In'),
      });

      await grantAccess(first, SEED.userLogin);
      await grantAccess(second, SEED.personalUserLogin);

      for (const window of [scene.workbench, other]) {
        await expectAccounts(window, [SEED.userLogin, SEED.personalUserLogin]);
      }
      await scene.workbench.reload();
      await expectAccounts(scene.workbench, [SEED.userLogin, SEED.personalUserLogin]);
    });

    it('are both signed out when one signs out while the other refreshes', async () => {
      const { scene, other } = await openTwo(secrets);
      await scene.signIn();
      await statusOf(other).expectText(SEED.userLogin);
      await scene.box.fault({ endpoint: 'token', kind: 'delay', delayMs: 2000 });

      await other.runCommand('Box: Refresh Access Token');
      await eventually('the request', async () => (await scene.box.counters()).refreshRequests > 0);
      await scene.workbench.runCommand('Box: Sign Out');

      for (const window of [scene.workbench, other]) await statusOf(window).expectText('Box: Sign In');
      await eventually('every token to be dead', () => areAllDead(scene));
      await other.reload();
      await statusOf(other).expectText('Box: Sign In');
    });
  });
}

async function openTwo(secrets: SecretsMode): Promise<{ scene: Scene; other: Workbench }> {
  const scene = await Scene.open({ secrets });
  const other = await scene.profile.openWindow();
  return { scene, other };
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

async function areAllDead({ box }: Scene): Promise<boolean> {
  const infos = await Promise.all((await box.issuedSecrets()).map((secret) => box.tokenInfo(secret)));
  return infos.every(({ live }) => !live);
}
