import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { grantAccess } from '../../vscode/boxPages';
import { eventually } from '../../vscode/poll';
import { shareSignedOut } from './sharedScene';

const wrongSecret = 'anothersecretanothersecretanothe';

describe('Box: Check App…', () => {
  const shared = shareSignedOut();

  it('tells, two clicks from the failed sign-in, that the secret is wrong, and copies that without it', async () => {
    const scene = await shared.takeOver();
    const { workbench, box } = scene;
    await box.putApp({ clientId: SEED.clientId, clientSecret: wrongSecret });

    const tab = await scene.beginSignIn();
    await grantAccess(tab, SEED.userLogin);
    await workbench.page.bringToFront();
    await workbench.notifications.press(/rejected the client ID or client secret/, 'Check App…');
    await workbench.notifications.expect('1 problem was found');
    const report = workbench.report();
    await report.getByRole('heading', { name: '✗ Client ID and client secret' }).waitFor();
    await report.getByText('It doesn’t say which one is wrong.').first().waitFor();

    await workbench.notifications.press('1 problem was found', 'Copy Report');
    const copied = await eventually('the report on the clipboard', async () => {
      const text = await workbench.clipboard();
      return text.startsWith('# Check of') && text;
    });
    assert.match(copied, /✗ Client ID and client secret/);
    for (const secret of [SEED.clientSecret, wrongSecret, SEED.userLogin, SEED.userName]) {
      assert.ok(!copied.includes(secret), secret);
    }
    assert.deepEqual(await liveTokens(scene), []);
  });
});

async function liveTokens({ box }: Awaited<ReturnType<ReturnType<typeof shareSignedOut>['use']>>) {
  const infos = await Promise.all((await box.issuedSecrets()).map((secret) => box.tokenInfo(secret)));
  return infos.filter(({ live }) => live);
}
