import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { denyAccess, grantAccess } from '../../vscode/boxPages';
import { eventually } from '../../vscode/poll';
import type { Scene } from './scene';
import { shareSignedOut } from './sharedScene';

describe('Box: Sign In', () => {
  const shared = shareSignedOut({ settings: () => withoutUriQuestion });
  const onDesktop = shareSignedOut({ secrets: 'desktop' });

  it('goes from the palette over the Box page to the status bar', async () => {
    const scene = await shared.open();
    await scene.status.expectText('Box: Sign In');
    assert.equal(await scene.status.ariaLabel(), 'Box: Not signed in. Sign in');

    await scene.signIn();

    await scene.status.expectIcon('account');
    assert.equal(await scene.status.ariaLabel(), `Box: Signed in as ${SEED.userLogin}. Show account`);
    const counters = await scene.box.counters();
    assert.deepEqual(
      { codes: counters.codesExchanged, usersMe: counters.usersMe, all: await scene.sentRequests() },
      { codes: 1, usersMe: 1, all: ['token authorization_code', 'usersMe'] },
    );
  });

  it('ends at once when it is cancelled, and keeps nothing', async () => {
    const scene = await onDesktop.use();
    await scene.beginSignIn();
    const kept = new Map(scene.secrets());

    await scene.workbench.notifications.press(/Signing in/, 'Cancel');

    await scene.workbench.notifications.expectGone(/Signing in/, 3000);
    assert.deepEqual(await scene.workbench.notifications.list(), []);
    await scene.status.expectText('Box: Sign In');
    assert.deepEqual(await scene.sentRequests(), []);
    assert.deepEqual(new Map(scene.secrets()), kept);
  });

  it('is begun by a click on the status bar item too', async () => {
    const scene = await shared.use();
    await scene.status.expectText('Box: Sign In');
    await scene.signIn({ begin: () => scene.status.click() });
  });

  it('sends state, PKCE and a redirect URI without anything that varies', async () => {
    const scene = await shared.use();
    await scene.beginSignIn();

    const [request] = await scene.box.requests({ endpoint: 'authorize' });
    const { state = '', ...query } = request?.query ?? {};
    assert.ok(state.length >= 43, `state is too short: ${state.length}`);
    assert.match(query['code_challenge'] ?? '', /^[\w-]{43}$/);
    assert.equal(query['code_challenge_method'], 'S256');
    assert.equal(query['redirect_uri'], scene.bed.emulator.redirectPage);
  });

  it('says what happened and what to do when access is denied', async () => {
    const scene = await shared.use();
    const tab = await scene.beginSignIn();
    await denyAccess(tab, SEED.userLogin);

    const notification = await scene.workbench.notifications.expect(/denied/i);
    assert.equal(notification.severity, 'error');
    assert.ok(notification.buttons.includes('Sign In'), `no way on: ${notification.buttons.join()}`);
    await scene.status.expectText('Box: Sign In');
  });

  it('puts the address of the Box page on the clipboard with Copy Link', async () => {
    const scene = await shared.use();
    await scene.beginSignIn();

    await scene.workbench.notifications.followLink(/Signing in/, 'Copy Link');

    const { origin } = scene.bed.emulator;
    const link = await eventually('the link', async () => {
      const text = await scene.workbench.clipboard();
      return text.startsWith(origin) && text;
    });
    const query = new URL(link).searchParams;
    assert.equal(query.get('client_id'), SEED.clientId);
    assert.equal(query.get('response_type'), 'code');
  });

  it('is not ended by a callback with a foreign nonce', async () => {
    const scene = await shared.use();
    const tab = await scene.beginSignIn();

    await openForeignCallback(scene);

    await scene.workbench.notifications.expect(/Signing in/);
    assert.deepEqual(await scene.sentRequests(), [], 'the foreign code was sent to Box');
    await tab.bringToFront();
    await grantAccess(tab, SEED.userLogin);
    await scene.status.expectText(SEED.userLogin);
  });

  it('is not begun by a callback that nobody waits for, which is ignored without a word', async () => {
    const scene = await shared.use();
    await scene.status.expectText('Box: Sign In');

    const ignored = (): Promise<number> => scene.bed.timesLogged(/ignored a callback/gi);
    const before = await ignored();
    await openForeignCallback(scene);

    await eventually('a line in the log', async () => (await ignored()) > before);
    assert.deepEqual(await scene.workbench.notifications.list(), []);
    assert.deepEqual(await scene.sentRequests(), []);
  });

  it('adds a second account beside the first', async () => {
    const scene = await shared.use();
    await scene.signIn();
    await scene.signIn({ login: SEED.personalUserLogin, asksSecret: false });

    const entries = await scene.workbench.accounts.entries();
    for (const login of [SEED.userLogin, SEED.personalUserLogin]) {
      assert.ok(
        entries.some((entry) => entry.includes(login)),
        `${login} is not in the Accounts menu: ${entries.join()}`,
      );
    }
  });
});

/** VS Code asks before it hands a URI to an extension, unless it is told not to. */
const withoutUriQuestion = {
  'extensions.confirmedUriHandlerExtensionIds': ['vscode-box.box-authentication'],
};

/** Sends the window a callback as any web page can, with a nonce that is none of ours. */
async function openForeignCallback({ workbench }: Scene): Promise<void> {
  const foreign = 'A'.repeat(43);
  await workbench.runCommand('Developer: Open URL');
  await workbench.quickInput.submit(
    `code-oss://vscode-box.box-authentication/callback?nonce=${foreign}&code=foreign&state=${foreign}`,
  );
  await workbench.quickInput.closed();
}
