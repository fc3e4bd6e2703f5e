import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { grantAccess } from '../../vscode/boxPages';
import { eventually } from '../../vscode/poll';
import { Walkthrough } from '../../vscode/walkthrough';
import { expectDead, type Scene } from './scene';
import { shareSignedOut } from './sharedScene';

const TITLE = 'Get Started with Box Authentication';
const CONSOLE = 'https://app.box.com/developers/console';
const [REGISTER, SIGN_IN, COPY, TERMINAL, USE, SIGN_OUT] = [
  'Register a Box app',
  'Sign in to Box',
  'Copy an access token',
  'Use it in a terminal',
  'Use it from an extension',
  'Sign out',
] as const;

describe('The walkthrough', () => {
  const shared = shareSignedOut();

  it('leads from a Box app to a sign-out, and checks a step off when it has happened and not before', async () => {
    const scene = await shared.open({ 'box-authentication.apps': [] });
    const walkthrough = await Walkthrough.open(scene.workbench, TITLE);
    assert.deepEqual(await walkthrough.steps(), [REGISTER, SIGN_IN, COPY, TERMINAL, USE, SIGN_OUT]);

    await walkthrough.openStep(REGISTER);
    assert.equal(await walkthrough.picture(), 'register-app-light.png');
    await openConsole(scene, walkthrough);
    await copyRedirectUris(scene, walkthrough);
    assert.deepEqual(await walkthrough.completed(), []);
    await walkthrough.press('Configure App');
    await scene.enterApp();
    await scene.workbench.quickInput.pick('Done');
    await scene.workbench.quickInput.closed();
    await expectCompleted(walkthrough, REGISTER);

    await walkthrough.openStep(SIGN_IN);
    const begin = () => walkthrough.press('Sign In');
    const tab = await scene.beginSignIn({ asksSecret: false, begin });
    assert.deepEqual(await walkthrough.completed(), [REGISTER]);
    await grantAccess(tab, SEED.userLogin);
    await scene.status.expectText(SEED.userLogin);
    await expectCompleted(walkthrough, REGISTER, SIGN_IN);

    await walkthrough.openStep(COPY);
    await walkthrough.press('Copy Access Token');
    await expectCompleted(walkthrough, REGISTER, SIGN_IN, COPY);
    const token = await scene.workbench.clipboard();
    assert.equal((await scene.box.tokenInfo(token)).live, true);

    await walkthrough.openStep(TERMINAL);
    await walkthrough.press('Open Terminal with Box Access');
    await expectCompleted(walkthrough, REGISTER, SIGN_IN, COPY, TERMINAL);
    await scene.workbench.terminals.close();

    await walkthrough.openStep(USE);
    await walkthrough.press('Copy getSession Snippet');
    await expectCompleted(walkthrough, REGISTER, SIGN_IN, COPY, TERMINAL, USE);
    assert.match(
      await scene.workbench.clipboard(),
      /^const session = await vscode\.authentication\.getSession\('box'/,
    );

    await walkthrough.openStep(SIGN_OUT);
    await walkthrough.press('Sign Out');
    await scene.workbench.dialog.answer(/Sign out .+\?/, 'Sign Out');
    await expectCompleted(walkthrough, REGISTER, SIGN_IN, COPY, TERMINAL, USE, SIGN_OUT);
    await expectDead(scene.box, token);

    await walkthrough.openStep(USE);
    await walkthrough.followLink('this extension’s page');
    await scene.workbench.page.locator('.extension-editor', { hasText: 'Box Authentication' }).waitFor();
  });
});

/** Presses the button, and waits for the browser to ask for the console. VS Code may ask first whether it may open it. */
async function openConsole({ profile, workbench }: Scene, walkthrough: Walkthrough): Promise<void> {
  const { context } = profile;
  const before = new Set(context.pages());
  let isAskedFor = false;
  context.on('request', (sent) => {
    isAskedFor ||= sent.url() === CONSOLE;
  });
  await walkthrough.press('Open the Developer Console');
  await eventually('the console to be asked for', async () => {
    if (await workbench.dialog.isShown()) await workbench.dialog.answer(CONSOLE, 'Open');
    return isAskedFor;
  });
  const opened = context.pages().filter((page) => !before.has(page));
  await Promise.all(opened.map((page) => page.close()));
}

/** Has both redirect URIs copied, and looks at all of them. */
async function copyRedirectUris({ bed, workbench }: Scene, walkthrough: Walkthrough): Promise<void> {
  const uris = {
    'Copy the Redirect Page’s URI': bed.emulator.redirectPage,
    'Copy This Computer’s URI': 'http://127.0.0.1:17160/callback',
  };
  for (const [button, uri] of Object.entries(uris)) {
    await walkthrough.press(button);
    await workbench.notifications.expect(`${uri} copied`);
    assert.equal(await workbench.clipboard(), uri);
  }
  await walkthrough.followLink('all redirect URIs for this window');
  await workbench.quickInput.expect(/redirect URI/i);
  const rows = (await workbench.quickInput.rowTexts()).join('\n');
  for (const uri of Object.values(uris)) assert.ok(rows.includes(uri), rows);
  await workbench.quickInput.cancel();
}

/** Waits until the last of these steps is checked off, and demands that no others are. */
async function expectCompleted(walkthrough: Walkthrough, ...titles: readonly string[]): Promise<void> {
  await walkthrough.expectCompleted(titles.at(-1) ?? '');
  assert.deepEqual(await walkthrough.completed(), titles);
}
