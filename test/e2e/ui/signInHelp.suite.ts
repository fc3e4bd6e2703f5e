import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { grantAccessAndLookAt } from '../../vscode/boxPages';
import { eventually } from '../../vscode/poll';
import type { Workbench } from '../../vscode/workbench';
import { shareSignedOut } from './sharedScene';

describe('A sign-in whose Box page never comes', () => {
  const shared = shareSignedOut();

  it('offers help after seconds: what was sent, the usual causes, and another method', async () => {
    // A method that worked is remembered for the next sign-in.
    const scene = await shared.takeOver();
    const { notifications, quickInput } = scene.workbench;
    await scene.box.fault({ endpoint: 'authorize', kind: 'hang' });
    await scene.workbench.runCommand('Box: Sign In');
    await eventually('the browser to ask Box', () => scene.sentRedirectUri());
    await scene.workbench.page.bringToFront();
    await notifications.expect(/Having Trouble/, 10_000);
    await notifications.followLink(/Signing in/, 'Having Trouble?');

    await quickInput.expect(/Having trouble/);
    const rows = (await quickInput.rowTexts()).join('\n');
    for (const text of [scene.bed.emulator.redirectPage, SEED.clientId, 'redirect_uri_mismatch']) {
      assert.ok(rows.includes(text), `${text} is not in ${rows}`);
    }
    const tab = await scene.profile.tabOpenedBy(() => pickFurtherDown(scene.workbench, 'Sign In by Pasting'));
    await quickInput.expect(/Sign in to Box/);
    await quickInput.submit(await grantAccessAndLookAt(tab, SEED.userLogin));
    await scene.status.expectText(SEED.userLogin);
  });
});

/** Chooses a row of a long list by filtering for it. */
async function pickFurtherDown({ quickInput, page }: Workbench, label: string): Promise<void> {
  await page.bringToFront();
  await quickInput.type(label);
  await quickInput.pick(label);
}
