import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { Page } from 'playwright-core';
import { SEED, type Switches } from '../../emulator/src';
import { denyAccessAndLookAt, grantAccess, grantAccessAndLookAt } from '../../vscode/boxPages';
import { listen, unlisten } from '../../vscode/listening';
import { eventually } from '../../vscode/poll';
import type { SecretsMode } from '../../vscode/profile';
import type { Workbench } from '../../vscode/workbench';
import type { Settings } from '../../vscode/settings';
import type { Scene } from './scene';
import { shareSignedOut, type SharedScene } from './sharedScene';

const bareCallback = 'code-oss://vscode-box.box-authentication/callback';
const firstPort = 17160;
const loopbackPage = `http://127.0.0.1:${firstPort}/callback`;
/** What the seeded app has registered. Any connection of this machine may happen to have the first port. */
const loopbackPages = [firstPort, 24160, 31160].map((port) => `http://127.0.0.1:${port}/callback`);

describe('Signing in over the URI scheme', () => {
  const pairs: Readonly<Record<SecretsMode, SharedScene>> = {
    desktop: pairOf('desktop'),
    browser: pairOf('browser'),
  };

  it('ends in both windows when access is denied and the other one gets the address', async () => {
    const scene = await pairs.desktop.use();
    const other = scene.otherWindow;
    const address = await denyAccessAndLookAt(await scene.beginSignIn(), SEED.userLogin);

    await openUrl(other, address);

    const { message } = await other.notifications.expect(/another window/);
    assert.match(message, /denied.*has ended/);
    const { severity } = await scene.workbench.notifications.expect(/denied/i);
    assert.equal(severity, 'error');
    await scene.workbench.notifications.expectGone(/Signing in/);
    assert.deepEqual(await scene.sentRequests(), []);
  });

  for (const secrets of ['desktop', 'browser'] satisfies SecretsMode[]) {
    it(`is finished by the window that began it when another one gets the address (${secrets})`, async () => {
      const scene = await pairs[secrets].use();
      const other = scene.otherWindow;
      const address = await grantAccessAndLookAt(await scene.beginSignIn(), SEED.userLogin);

      await openUrl(other, address);

      await other.notifications.expect(/continues there/);
      await scene.workbench.notifications.expect(/Signed in to Box/);
      await scene.status.expectText(SEED.userLogin);
      assert.equal((await scene.box.counters()).codesExchanged, 1);
    });
  }

  it('takes the address that VS Code opens', async () => {
    const scene = await pairs.browser.use();
    const address = await grantAccessAndLookAt(await scene.beginSignIn(), SEED.userLogin);
    assert.equal(await scene.sentRedirectUri(), bareCallback);
    await openUrl(scene.workbench, address);
    await scene.status.expectText(SEED.userLogin);
  });
});

describe('Signing in over the local server', () => {
  const shared = shareSignedOut({ settings: () => byMethod('localServer') });

  for (const loopbackPort of ['exact', 'any'] satisfies Switches['loopbackPort'][]) {
    it(`ends on a page that leads back, where Box takes ports so: ${loopbackPort}`, async () => {
      const scene = await shared.use();
      await scene.box.set({ loopbackPort });
      const tab = await scene.beginSignIn();
      await grantAccess(tab, SEED.userLogin);

      await scene.status.expectText(SEED.userLogin);
      const page = await sentLoopbackPage(scene);
      assert.ok(tab.url().startsWith(page), tab.url());
      await tab.getByRole('heading', { name: 'Box Granted Access' }).waitFor();
      const back = await tab.getByRole('link', { name: /^Return to/ }).getAttribute('href');
      assert.equal(back, 'code-oss://vscode-box.box-authentication/return');
    });
  }

  it('says on its page too that access was denied, and releases the port', async () => {
    const scene = await shared.use();
    const tab = await scene.beginSignIn();
    await tab.locator('[name=login]').waitFor();
    const page = await sentLoopbackPage(scene);
    await tab.goto(`${page}?error=access_denied&state=${(await sentState(scene)) ?? ''}`);

    await tab.getByRole('heading', { name: 'Box Didn’t Grant Access' }).waitFor();
    await scene.workbench.notifications.expect(/denied/i);
    await eventually('the port to be free', async () => !(await isListening(page)));
  });

  it('releases the port when it is cancelled', async () => {
    const scene = await shared.use();
    await scene.beginSignIn();
    const page = await sentLoopbackPage(scene);
    assert.equal(await isListening(page), true);
    await scene.workbench.notifications.press(/Signing in/, 'Cancel');
    await eventually('the port to be free', async () => !(await isListening(page)));
  });
});

describe('Signing in while others hold the ports of the local server', () => {
  const shared = shareSignedOut({ settings: () => byMethod('localServer') });
  const other = createServer();
  let port: number;

  before(async () => {
    port = await listen(other, '127.0.0.1');
  });
  after(async () => {
    await unlisten(other);
  });

  it('P1: says so before the browser opens, and goes on by pasting, where Box compares ports exactly', async () => {
    const scene = await shared.use({
      ...byMethod('localServer'),
      'box-authentication.localServerPorts': [port],
    });
    await scene.box.set({ loopbackPort: 'exact' });
    const { notifications, quickInput } = scene.workbench;
    await scene.workbench.runCommand('Box: Sign In');
    const { message } = await notifications.expect('The local server can’t start');
    assert.match(message, new RegExp(`\\(${port}\\)`));
    assert.deepEqual(await scene.box.requests(), []);
    await notifications.press('The local server can’t start', 'Sign In by Pasting');
    await quickInput.expect(/Sign in to Box/);
  });
});

describe('Signing in by pasting', () => {
  const shared = shareSignedOut({ settings: () => byMethod('pasteCode') });

  it('takes the address of the page that cannot be reached', async () => {
    const scene = await shared.use();
    const { quickInput } = scene.workbench;
    const address = await grantAccessAndLookAt(await scene.beginSignIn(), SEED.userLogin);
    assert.ok(address.startsWith(loopbackPage), address);
    await quickInput.expect(/Sign in to Box/);
    await quickInput.expectMessage(/address bar, even if the page shows an error/);

    await quickInput.submit(`  "${address}"  `);

    await scene.status.expectText(SEED.userLogin);
  });

  it('shows whose account a bare code is of before anything is kept', async () => {
    const scene = await shared.use();
    const { quickInput, dialog } = scene.workbench;
    const address = await grantAccessAndLookAt(await scene.beginSignIn(), SEED.userLogin);
    await quickInput.expect(/Sign in to Box/);
    await quickInput.submit(new URL(address).searchParams.get('code') ?? '');

    const { message } = await dialog.answer(/Sign in to Box as/, 'Sign In');

    assert.match(message, new RegExp(SEED.userLogin));
    await scene.status.expectText(SEED.userLogin);
  });

  it('keeps nothing of a bare code that the person does not confirm', async () => {
    const scene = await shared.use();
    const { quickInput, dialog, notifications } = scene.workbench;
    const address = await grantAccessAndLookAt(await scene.beginSignIn(), SEED.userLogin);
    await quickInput.expect(/Sign in to Box/);
    await quickInput.submit(new URL(address).searchParams.get('code') ?? '');
    await dialog.answer(/Sign in to Box as/, 'Cancel');

    await notifications.expect(/didn’t confirm the account/);
    await scene.status.expectText('Box: Sign In');
    const infos = await Promise.all(
      (await scene.box.issuedSecrets()).map((secret) => scene.box.tokenInfo(secret)),
    );
    assert.ok(infos.every(({ live }) => !live));
  });

  it('refuses the address of another sign-in, and goes on waiting', async () => {
    const scene = await shared.use();
    const { quickInput } = scene.workbench;
    const tab = await scene.beginSignIn();
    await quickInput.expect(/Sign in to Box/);
    await quickInput.submit(`${loopbackPage}?code=${'a'.repeat(32)}&state=${'b'.repeat(43)}`);
    await quickInput.expectMessage(/another sign-in/i);
    assert.deepEqual(await scene.sentRequests(), []);

    const address = await grantAccessAndLookAt(tab, SEED.userLogin);
    await quickInput.submit(address);
    await scene.status.expectText(SEED.userLogin);
  });

  it('is tried again with one key when the code’s thirty seconds are over', async () => {
    const scene = await shared.use();
    const { quickInput } = scene.workbench;
    const late = await grantAccessAndLookAt(await scene.beginSignIn(), SEED.userLogin);
    await scene.box.advanceClock(31_000);
    await quickInput.expect(/Sign in to Box/);
    await quickInput.submit(late);
    await quickInput.row(/Reopen the Box Page/).waitFor();

    const tab = await scene.profile.tabOpenedBy(() => quickInput.accept());
    const address = await grantAccessAndLookAt(tab, SEED.userLogin);
    await quickInput.expect(/Sign in to Box/);
    await quickInput.submit(address);

    await scene.status.expectText(SEED.userLogin);
  });

  it('goes on when the box is closed, which comes back from the notification', async () => {
    const scene = await shared.use();
    const { quickInput, notifications } = scene.workbench;
    const tab = await scene.beginSignIn();
    await quickInput.expect(/Sign in to Box/);
    await scene.workbench.page.bringToFront();
    await quickInput.cancel();
    await quickInput.closed();

    const address = await grantAccessAndLookAt(tab, SEED.userLogin);
    await scene.workbench.page.bringToFront();
    await notifications.followLink(/Signing in/, 'Paste the Address');
    await quickInput.expect(/Sign in to Box/);
    await quickInput.submit(address);
    await scene.status.expectText(SEED.userLogin);
  });
});

describe('A sign-in that waits', () => {
  const shared = shareSignedOut();

  it('rejects getSession with a cancellation when the person cancels it', async () => {
    const scene = await shared.use();
    const { dialog, notifications, page } = scene.workbench;
    const record = await scene.consume('Get Session', async () => {
      await scene.beginSignIn({
        begin: async () => {
          await dialog.answer(/Consumer.*wants to sign in/, 'Allow');
        },
      });
      await page.bringToFront();
      await notifications.press(/Signing in/, 'Cancel');
    });

    assert.ok(record.event === 'error', JSON.stringify(record));
    assert.equal(record.message, 'Canceled', 'VS Code knows a cancellation by this message');
    await notifications.expectGone(/Signing in/);
    assert.deepEqual(await notifications.list(), []);
    assert.deepEqual(await scene.sentRequests(), []);
  });

  it('goes on or starts over when Box: Sign In is run again', async () => {
    const scene = await shared.use();
    const { notifications } = scene.workbench;
    const first = await scene.beginSignIn();
    await scene.workbench.runCommand('Box: Sign In');
    await notifications.press(/is already open in your browser/, 'Keep Waiting');
    await notifications.expect(/Signing in/);

    const second = await scene.beginSignIn({
      asksSecret: false,
      begin: async () => {
        await scene.workbench.runCommand('Box: Sign In');
        await notifications.press(/is already open in your browser/, 'Start Over');
      },
    });
    await expectIgnored(scene, first);
    await grantAccess(second, SEED.userLogin);
    await scene.status.expectText(SEED.userLogin);
  });

  it('leads to another method when its code comes too late', async () => {
    const scene = await shared.use(byMethod('redirectPage'));
    const { notifications, quickInput } = scene.workbench;
    await scene.box.set({ codeTtl: 0 });
    await grantAccess(await scene.beginSignIn(), SEED.userLogin);
    await scene.workbench.page.bringToFront();
    await notifications.expect(/Try another method\?/);
    await scene.box.set({ codeTtl: 30 });

    const tab = await scene.profile.tabOpenedBy(() =>
      notifications.press(/Try another method\?/, 'Sign In by Pasting'),
    );
    await quickInput.expect(/Sign in to Box/);
    await quickInput.submit(await grantAccessAndLookAt(tab, SEED.userLogin));
    await scene.status.expectText(SEED.userLogin);
  });

  it('takes the address of a redirect page that answers oddly', async () => {
    const scene = await shared.use(byMethod('redirectPage'));
    const { notifications, page, quickInput } = scene.workbench;
    await scene.box.fault({ endpoint: 'redirect', kind: 'html', status: 502 });
    const tab = await scene.beginSignIn();
    const address = await grantAccessAndLookAt(tab, SEED.userLogin);
    await eventually('the odd page', () => tab.url() === address);

    await page.bringToFront();
    await notifications.followLink(/Signing in/, 'Paste the Address');
    await quickInput.expect(/Sign in to Box/);
    await quickInput.submit(address);

    await scene.status.expectText(SEED.userLogin);
  });
});

/** Settings of a person who has chosen a sign-in method. VS Code asks nothing before it hands our extension a URI. */
function byMethod(method: string): Settings {
  return {
    'box-authentication.signInMethod': method,
    'extensions.confirmedUriHandlerExtensionIds': ['vscode-box.box-authentication'],
  };
}

/** Two windows of one person who signs in over the URI scheme. */
function pairOf(secrets: SecretsMode): SharedScene {
  return shareSignedOut({ settings: () => byMethod('uriScheme'), secrets, windows: 2 });
}

async function openUrl(window: Workbench, address: string): Promise<void> {
  await window.runCommand('Developer: Open URL');
  await window.quickInput.submit(address);
}

async function sentState({ box }: Scene): Promise<string | undefined> {
  const [request] = await box.requests({ endpoint: 'authorize' });
  return request?.query?.['state'];
}

/** The address of the local server, as it was sent to Box. */
async function sentLoopbackPage(scene: Scene): Promise<string> {
  const sent = await eventually('the browser to be at Box', () => scene.sentRedirectUri());
  assert.ok(loopbackPages.includes(sent), sent);
  return sent;
}

/** Whether something answers there. */
async function isListening(page: string): Promise<boolean> {
  return fetch(new URL('/', page)).then(
    () => true,
    () => false,
  );
}

/** Grants access in the tab of a sign-in that was started over: nothing comes of it. */
async function expectIgnored(scene: Scene, tab: Page): Promise<void> {
  const ignored = (): Promise<number> => scene.bed.timesLogged(/ignored a callback/gi);
  const before = await ignored();
  await tab.bringToFront();
  await grantAccess(tab, SEED.userLogin);
  await eventually('the callback to be ignored', async () => (await ignored()) > before);
  assert.equal((await scene.box.counters()).codesExchanged, 0);
}
