import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { searchFiles, searchText } from '../../vscode/files';
import { eventually } from '../../vscode/poll';
import {
  addByConfigFile,
  ccgApp,
  createAnnotatorToken,
  createDownscopedToken,
  withConfigFile,
} from './credentials';
import type { Scene } from './scene';
import { shareSignedOut } from './sharedScene';

/** Everything that a page keeps: localStorage, and every record of every IndexedDB database, as one text. */
const readBrowserStorage = `(async () => {
  const request = wanted => new Promise((resolve, reject) => {
    wanted.onsuccess = () => resolve(wanted.result);
    wanted.onerror = () => reject(wanted.error);
  });
  const texts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
  const decode = value => value instanceof Uint8Array ? new TextDecoder().decode(value) : JSON.stringify(value);
  for (const { name } of await indexedDB.databases()) {
    const database = await request(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const all = await request(database.transaction(store).objectStore(store).getAll());
      texts.push(...all.map(decode));
    }
    database.close();
  }
  return texts.join('\\n');
})()`;

describe('Secrets', () => {
  const shared = shareSignedOut();

  it('are in no file, no log and no part of the browser storage, whatever was done', async () => {
    const scene = await shared.open({ 'consumer.scopes': ['root_readwrite'] });
    await doEverything(scene);

    const secrets = [...new Set([...(await scene.box.issuedSecrets()), SEED.clientSecret])];
    assert.ok(secrets.length > 6, `only ${secrets.length} secrets were in play`);
    await expectNowhere(scene, secrets);
  });

  it('of server apps, developer tokens and narrower tokens are as well hidden', async () => {
    const oauthApp = { name: 'Example App', authMethod: 'oauth2', clientId: SEED.clientId };
    const scene = await shared.takeOver({ 'box-authentication.apps': [oauthApp, ccgApp] });
    const config = await scene.box.configFile(SEED.jwtClientId);
    await useServerApps(scene);

    const { privateKey, passphrase } = config.boxAppSettings.appAuth;
    const [line] = privateKey.split('\n').filter((each) => /^[\w+/=]{60,}$/.test(each));
    assert.ok(line !== undefined, 'no line of the key to search for');
    const own = [SEED.ccgClientSecret, config.boxAppSettings.clientSecret, passphrase, line];
    const issued = await scene.box.issuedSecrets();
    assert.ok(issued.length > 4, `only ${issued.length} secrets were in play`);
    await expectNowhere(scene, [...new Set([...issued, ...own])]);
  });
});

/** Searches every file that VS Code wrote, its logs included, and everything that the browser keeps. */
async function expectNowhere(scene: Scene, secrets: readonly string[]): Promise<void> {
  const stored = await scene.workbench.page.evaluate<string>(readBrowserStorage);
  assert.ok(stored.includes('box-authentication'), 'the browser storage was not read');
  assert.deepEqual(searchText(stored, secrets), []);
  const { root } = scene.bed.server.directories;
  for (const known of [SEED.clientId, 'Signed in']) {
    await eventually(`${known}, which the search must find`, async () => {
      return (await searchFiles(root, [known])).length > 0;
    });
  }
  assert.deepEqual(await searchFiles(root, secrets), []);
}

/** Has a session of every kind but a user's, and a token of each kind that is made from one. */
async function useServerApps(scene: Scene): Promise<void> {
  const { workbench, box } = scene;
  await workbench.runCommand('Developer: Set Log Level...');
  await workbench.quickInput.pick('Trace');
  await workbench.runCommand('Box: Sign In');
  await workbench.quickInput.pick(ccgApp.name);
  await scene.enterClientSecret(SEED.ccgClientSecret);
  await scene.status.expectText(`Service account (${ccgApp.name})`);
  await createDownscopedToken(scene);
  await withConfigFile(scene, async (file) => {
    await addByConfigFile(scene, file);
    await workbench.notifications.press('secret storage', 'Keep File');
    await workbench.notifications.press('Reports is configured', 'Sign In');
    await workbench.quickInput.pick('Reports');
    await scene.status.expectText('Service account (Reports)');
    await createAnnotatorToken(scene);
  });
  const { accessToken } = await box.issuePair(SEED.clientId, SEED.userId);
  await workbench.runCommand('Box: Add Developer Token…');
  await workbench.quickInput.submit(accessToken);
  await scene.status.expectText(SEED.userLogin);
}

async function doEverything(scene: Scene): Promise<void> {
  const { workbench, box } = scene;
  await workbench.runCommand('Developer: Set Log Level...');
  await workbench.quickInput.pick('Trace');
  await scene.signIn();
  await scene.signIn({ login: SEED.personalUserLogin, asksSecret: false });
  await workbench.runCommand('Box: Refresh Access Token');
  await workbench.quickInput.pick(SEED.userLogin);
  await eventually('the refresh', async () => (await box.counters()).refreshes === 1);
  await scene.consume('Get Session', () => scene.allowConsumer());
  await box.fault({ endpoint: 'token', kind: 'json', status: 400, body: { error: 'invalid_client' } });
  await workbench.runCommand('Box: Refresh Access Token');
  await workbench.quickInput.pick(SEED.userLogin);
  await workbench.notifications.expect(/client secret/i);
  await scene.signOut(SEED.personalUserLogin);
  await eventually('the revocation', async () => (await box.counters()).revocations === 1);
}
