import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { grantAccess } from '../../vscode/boxPages';
import { LoggingProxy, type ProxyOptions } from '../../vscode/loggingProxy';
import type { NotificationContent } from '../../vscode/notifications';
import { eventually } from '../../vscode/poll';
import type { Settings } from '../../vscode/settings';
import { doorHosts, TlsDoor, type Authority } from '../../vscode/tlsDoor';
import { harness } from '../harness';
import { Scene } from './scene';
import { shareSignedOut } from './sharedScene';

/** What signing in, one refresh and signing out send. */
const everyRequest = ['POST /oauth2/token', 'GET /2.0/users/me', 'POST /oauth2/token', 'POST /oauth2/revoke'];

/** Ends something that a test started. */
type Ending = () => Promise<void>;

describe('In the network of a company', () => {
  describe('with a proxy', () => {
    let proxy: LoggingProxy;
    const shared = shareSignedOut({ settings: () => ({ 'http.proxy': proxy.url }) });
    const proxies: Ending[] = [];

    before(async () => {
      proxy = await startProxy(undefined, proxies);
    });

    after(() => endAll(proxies));

    async function useProxy(): Promise<Scene> {
      const scene = await shared.use();
      proxy.requests.splice(0);
      return scene;
    }

    it('every request goes through it', async () => {
      const scene = await useProxy();

      await useEverything(scene);

      const { host } = new URL(scene.bed.emulator.origin);
      const forwarded = proxy.requests.filter((request) => request.host === host);
      assert.deepEqual(
        forwarded.map(({ method, path }) => `${method} ${path}`),
        everyRequest,
      );
      assert.deepEqual(await arrived(scene), everyRequest, 'a request went past the proxy');
    });

    it('that does not run, a sign-in says so, and works once it runs', async () => {
      const scene = await useProxy();
      await proxy.stop();

      const { message } = await failSignIn(scene);

      assert.match(message, /proxy.*can’t be reached/i);
      assert.match(message, /http\.proxy/);
      assert.deepEqual(await arrived(scene), []);
      await proxy.start();
      await scene.signIn();
      assert.ok(proxy.requests.length > 0);
    });

    it('that stops, a session stays and works again with the proxy', async () => {
      const scene = await useProxy();
      await scene.signIn();
      const token = await scene.copyToken();

      await proxy.stop();
      await scene.workbench.runCommand('Box: Refresh Access Token');
      const { severity, message } = await scene.workbench.notifications.expect(/proxy/i);
      assert.equal(severity, 'error');
      assert.match(message, /http\.proxy/);
      await scene.status.expectText(SEED.userLogin);

      await proxy.start();
      await scene.workbench.runCommand('Box: Refresh Access Token');
      await eventually('the refresh', async () => (await scene.box.counters()).refreshes === 1);
      assert.notEqual(await scene.copyToken(), token);
    });

    it('every request to an https address goes through it too, and a private authority is trusted', async () => {
      const proxy = await startProxy();
      const door = await openDoor('system');
      const settings = { ...boxAt(door.originByName), 'http.proxy': proxy.url };
      const scene = await shared.use(settings);

      await useEverything(scene);

      const { host } = new URL(door.originByName);
      const tunnels = proxy.requests.filter((request) => request.host === host);
      assert.ok(tunnels.length > 0 && tunnels.every(({ method }) => method === 'CONNECT'));
      assert.equal(door.connections, tunnels.length, 'a connection went past the proxy');
      assert.deepEqual(await arrived(scene), everyRequest);
    });

    it('that demands credentials, a sign-in says so, and works with credentials', async () => {
      const proxy = await startProxy({ user: 'dana', password: 'open-sesame' });
      const box = boxAt((await openDoor('extra')).originByName);
      const scene = await shared.use({ ...box, 'http.proxy': proxy.url });

      const { message } = await failSignIn(scene);

      assert.ok(proxy.refusals > 0);
      assert.match(message, /proxy.*user name and password.*407/i);
      assert.match(message, /http\.proxy/);
      assert.deepEqual(await arrived(scene), []);
      await scene.changeSettings({ ...box, 'http.proxy': proxy.urlWithCredentials });
      await scene.signIn({ asksSecret: false });
      assert.ok(proxy.requests.length > 0);
    });
  });

  describe('with a private certificate authority', () => {
    it('that NODE_EXTRA_CA_CERTS names, everything works', async () => {
      const door = await openDoor('extra');
      const settings = { ...boxAt(door.origin), 'http.systemCertificates': false };
      const scene = await Scene.open({ settings });

      await useEverything(scene);

      assert.deepEqual(await arrived(scene), everyRequest);
      assert.ok(door.connections > 0);
    });

    it('that only the system trusts, a sign-in names the setting that helps, and it helps', async () => {
      const box = boxAt((await openDoor('system')).origin);
      const scene = await Scene.open({ settings: { ...box, 'http.systemCertificates': false } });

      const { message } = await failSignIn(scene);

      assert.match(message, /UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
      assert.match(message, /http\.systemCertificates/);
      assert.match(message, /NODE_EXTRA_CA_CERTS/);
      assert.deepEqual(await arrived(scene), []);
      await scene.changeSettings({ ...box, 'http.systemCertificates': true });
      await scene.workbench.reload();
      await scene.signIn({ asksSecret: false });
      assert.deepEqual(await arrived(scene), everyRequest.slice(0, 2));
    });
  });

  const opened: Ending[] = [];

  afterEach(() => endAll(opened));

  async function startProxy(
    credentials?: ProxyOptions['credentials'],
    endings = opened,
  ): Promise<LoggingProxy> {
    const proxy = new LoggingProxy({ hosts: doorHosts, ...(credentials && { credentials }) });
    await proxy.start();
    endings.push(() => proxy.stop());
    return proxy;
  }

  async function openDoor(authority: Authority): Promise<TlsDoor> {
    const bed = await harness().bed(['consumer']);
    const door = new TlsDoor(authority, bed.emulator.origin);
    await door.open();
    opened.push(() => door.close());
    return door;
  }
});

async function endAll(endings: Ending[]): Promise<void> {
  await Promise.all(endings.splice(0).map((end) => end()));
}

/** Settings with a door to Box for all but the authorize page: the tests' browser trusts no private authority. */
function boxAt(doorOrigin: string): Settings {
  return { 'box-authentication.apiBaseUrl': doorOrigin };
}

/** Signs in, refreshes, copies the token and signs out. */
async function useEverything(scene: Scene): Promise<void> {
  await scene.signIn();
  await scene.workbench.runCommand('Box: Refresh Access Token');
  await eventually('the refresh', async () => (await scene.box.counters()).refreshes === 1);
  const token = await scene.copyToken();
  assert.equal((await scene.box.tokenInfo(token)).live, true);
  await scene.signOut();
  await scene.status.expectText('Box: Sign In');
  await eventually('the revocation', async () => (await scene.box.counters()).revocations === 1);
}

/** Grants access on Box's page, which the browser reaches, and gives what then fails. */
async function failSignIn(scene: Scene): Promise<NotificationContent> {
  const tab = await scene.beginSignIn();
  await grantAccess(tab, SEED.userLogin);
  const notification = await scene.workbench.notifications.expect(/http\.|HTTP/);
  assert.equal(notification.severity, 'error');
  assert.ok(notification.buttons.includes('Open Setting'), notification.buttons.join());
  await scene.status.expectText('Box: Sign In');
  await tab.close();
  return notification;
}

/** What Box got from the extension. */
async function arrived(scene: Scene): Promise<readonly string[]> {
  const own = new Set(['token', 'revoke', 'usersMe']);
  const requests = (await scene.box.requests()).filter(({ endpoint }) => own.has(endpoint));
  return requests.map(({ method, path }) => `${method} ${path}`);
}
