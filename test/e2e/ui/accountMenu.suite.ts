import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { eventually } from '../../vscode/poll';
import { shareSignedIn } from './sharedScene';

describe('The account menu', () => {
  const shared = shareSignedIn();

  it('tells who is signed in and what can be done, to eyes, keys and screen readers', async () => {
    const scene = await shared.use();
    const { quickInput } = scene.workbench;
    await scene.workbench.runCommand('Box: Show Account');

    const [header = '', ...rows] = await quickInput.rowTexts();
    assert.match(
      header,
      new RegExp(`${SEED.userName}.*${SEED.userLogin}.*${SEED.enterpriseName}.*Example App`),
    );
    assert.match(header, /Access token: .*left.*Token: ••••\w{4} .*everything the app has/);
    for (const action of ['Copy Access Token', 'Create Downscoped Token', 'Revoke Tokens', 'Sign Out']) {
      assert.ok(
        rows.some((row) => row.includes(action)),
        `${action} is not in ${rows.join(' | ')}`,
      );
    }
    assert.ok(!rows.some((row) => /Annotator|Prefer/.test(row)), rows.join(' | '));

    await quickInput.field.press('ArrowDown');
    await quickInput.accept();
    await scene.workbench.notifications.expect('Access token copied');
  });

  it('shows all that is known, to be copied, without the token', async () => {
    const scene = await shared.use();
    const token = await scene.copyToken();
    await scene.workbench.runCommand('Box: Show Account');
    await scene.workbench.quickInput.pick(SEED.userName);

    const { detail } = await scene.workbench.dialog.answer(SEED.userName, 'Copy Details');

    assert.match(detail, new RegExp(`Box user ID: ${SEED.userId}`));
    assert.ok(!detail.includes(token));
    const copied = await eventually('the details on the clipboard', async () => {
      const text = await scene.workbench.clipboard();
      return text.includes(`Box user ID: ${SEED.userId}`) && text;
    });
    assert.ok(!copied.includes(token));
  });

  it('lets one of several accounts be preferred, for the status bar and for commands', async () => {
    const scene = await shared.takeOver();
    const { quickInput } = scene.workbench;
    await scene.signIn({ login: SEED.personalUserLogin });

    await scene.status.click();
    await quickInput.pick(SEED.userLogin);
    await quickInput.pick('Prefer This Account');
    await scene.status.expectText(SEED.userLogin);
    const own = await scene.box.tokenInfo(await scene.copyToken());
    assert.equal(own.userId, SEED.userId);

    await scene.workbench.runCommand('Box: Show Account');
    await quickInput.pick('Other Accounts');
    await quickInput.pick(SEED.personalUserLogin);
    await quickInput.pick('Sign Out');
    await scene.workbench.dialog.answer(`Sign out of ${SEED.personalUserLogin}?`, 'Sign Out');
    await scene.workbench.notifications.expect(`Signed out of ${SEED.personalUserLogin}`);
    await scene.status.expectText(SEED.userLogin);
  });
});
