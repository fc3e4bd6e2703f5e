import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { SEED } from '../../emulator/src';
import { ROOT_ENTRIES } from '../../emulator/src/folderItems';
import { denyAccess, grantAccess } from '../../vscode/boxPages';
import type { Scene } from './scene';
import { shareSignedOut } from './sharedScene';

const COMMAND = 'Box Example: List Root Folder';

describe('The example extension', () => {
  const shared = shareSignedOut();

  it('signs in, lists the root folder, and lists it again after one refresh when Box killed the token', async () => {
    const scene = await shared.use();
    const tab = await begin(scene);
    await grantAccess(tab, SEED.userLogin);
    await expectRootFolder(scene);

    await scene.box.expireAccessTokens();
    await scene.workbench.runCommand(COMMAND);
    await expectRootFolder(scene);

    assert.equal((await scene.box.counters()).refreshRequests, 1);
    assert.deepEqual(await listings(scene), [200, 401, 200]);
  });

  it('says why when access is denied on the Box page', async () => {
    const scene = await shared.use();
    const tab = await begin(scene);
    await denyAccess(tab, SEED.userLogin);
    await scene.workbench.notifications.expect(/access was denied on the Box page.*select Grant access/);
    assert.deepEqual(await listings(scene), []);
  });

  it('names the scope that the app lacks, and refreshes nothing', async () => {
    const scene = await shared.use();
    await scene.box.putApp({ clientId: SEED.clientId, scopes: ['manage_webhook'] });
    const tab = await begin(scene);
    await grantAccess(tab, SEED.userLogin);
    await scene.workbench.notifications.expect(/is missing the scope root_readonly.*Developer Console/);
    assert.equal((await scene.box.counters()).refreshRequests, 0);
    assert.deepEqual(await listings(scene), [403]);
  });
});

/** Runs the command, consents, and follows the sign-in to Box's page. */
function begin(scene: Scene): Promise<Page> {
  return scene.beginSignIn({
    begin: async () => {
      await scene.workbench.runCommand(COMMAND);
      await scene.workbench.dialog.answer(/Box Example.*wants to sign in/, 'Allow');
    },
  });
}

/** Waits for the list, compares it, and closes it. */
async function expectRootFolder({ workbench: { page, quickInput } }: Scene): Promise<void> {
  await page.bringToFront();
  await quickInput.expect('Box: All Files');
  const rows = await quickInput.rowTexts();
  assert.equal(rows.length, ROOT_ENTRIES.length);
  for (const [index, { name }] of ROOT_ENTRIES.entries()) assert.ok(rows[index]?.includes(name), rows[index]);
  await quickInput.cancel();
}

/** What Box answered to the listings, by status. */
async function listings(scene: Scene): Promise<unknown[]> {
  return (await scene.box.requests({ endpoint: 'items' })).map(({ status }) => status);
}
