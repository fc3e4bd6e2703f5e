import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEED } from '../../emulator/src';
import { eventually } from '../../vscode/poll';
import type { Profile } from '../../vscode/profile';
import type { StatusBarItem } from '../../vscode/statusBarItem';
import type { TestBed } from '../../vscode/testBed';
import type { Workbench } from '../../vscode/workbench';
import { endExtensionHost, hostsStarted } from './records';
import { expectDead, Scene } from './scene';
import { extensionId, signedInSecrets } from './seed';

const forgotten = 'This browser has no Box sessions';

/** The pages of the last test, while they can be used again. */
let left: Scene | undefined;

afterEach(function () {
  if (this.currentTest?.state === 'failed') left = undefined;
});

describe('Pages of a browser', () => {
  it('that were opened at once in a new browser, where each makes an id for it, share a session too', async () => {
    const scene = (left = await Scene.open());
    const other = await scene.profile.openWindow();
    await statusOf(other).expectText('Box: Sign In');
    await eventually('both to name their browser', () => hostsOf(scene.bed).length === 2);

    await scene.signIn();

    await statusOf(other).expectText(SEED.userLogin, 15_000);
  });

  it('use the newest pair although the extension host of one was not there when it came, and began again in its page', async () => {
    const scene = await openSignedIn();
    await scene.box.set({ rotation: 'strict' });
    const other = scene.profile.windows[1] ?? (await scene.profile.openWindow());
    await statusOf(other).expectText(SEED.userLogin);
    await settled(scene.bed, 2);
    const hosts = await hostsStarted(scene.bed);

    process.kill(hosts.at(-1) ?? NaN, 'SIGSTOP');
    await scene.refresh();
    await endExtensionHost(scene.bed);
    // VS Code starts another in the same page, which has the old pair.
    await eventually('a new host', async () => (await hostsStarted(scene.bed)).length > hosts.length);

    await statusOf(other).expectText(SEED.userLogin);
    await scene.refresh(other);
    await scene.refresh();
    assert.equal((await scene.box.counters()).refreshReuse, 0);
    assert.equal((await scene.box.tokenInfo(await scene.copyToken())).live, true);
  });
});

describe('Two browsers on one server', () => {
  it('have sessions of their own: signing out in one leaves the other signed in', async () => {
    const scene = await openSignedIn();
    await scene.setWindows(1);
    const token = await scene.copyToken();
    const browser = await openSignedInBrowser(scene);
    const [other] = browser.windows;
    assert.ok(other);
    await statusOf(other).expectText(SEED.userLogin);
    await scene.status.expectText(SEED.userLogin);
    const stores = (await settled(scene.bed, 2)).map(({ store }) => store);
    assert.equal(new Set(stores).size, 2);

    await scene.signOut();

    await scene.status.expectText('Box: Sign In');
    await expectDead(scene.box, token);
    await scene.refresh(other);
    await other.runCommand('Box: Copy Access Token');
    await other.notifications.expect(/token copied/i);
    assert.equal((await scene.box.tokenInfo(await other.clipboard())).live, true);
    await statusOf(other).expectText(SEED.userLogin);
    await scene.status.expectText('Box: Sign In');
    await browser.close();
  });
});

describe('A browser whose site data was cleared', () => {
  it('is told once that it has no Box sessions, and why that can be', async () => {
    const scene = await openSignedIn();
    await settled(scene.bed, 1);
    await scene.profile.clear([scene.bed.server.origin]);

    const workbench = await scene.profile.openWindow();

    const { message, buttons } = await workbench.notifications.expect(forgotten);
    assert.match(message, /private window.*cleared site data/);
    assert.ok(buttons.includes('Sign In'), buttons.join());
    await workbench.stateKept(extensionId, 'toldOfForgottenSecrets');
    await workbench.reload();
    await statusOf(workbench).expectText('Box: Sign In');
    await eventually('the window to have looked', () => hostsOf(scene.bed).length === 1);
    assert.deepEqual(await workbench.notifications.list(), []);
  });
});

function statusOf(window: Workbench): StatusBarItem {
  return window.statusBarItem('box-authentication.account');
}

/** One or more pages of a browser in which somebody is signed in. */
async function openSignedIn(): Promise<Scene> {
  if (left?.isOpen !== true) return (left = await Scene.openSignedIn());
  await left.tidy();
  if (await left.status.withText('Box: Sign In').isVisible()) await left.signIn();
  return left;
}

/** Opens a window in another browser, in which the same person has signed in too. */
async function openSignedInBrowser({ bed }: Scene): Promise<Profile> {
  const browser = await bed.openProfile();
  await browser.seedSecrets(extensionId, await signedInSecrets({ emulator: bed.emulator }, [SEED.userLogin]));
  await browser.openWindow();
  return browser;
}

/** What an extension host tells the others of itself. */
interface Host {
  readonly store?: string;
}

/** What the extension hosts that live tell of themselves. */
function hostsOf(bed: TestBed): readonly Host[] {
  const folder = join(bed.server.sharedFolder(extensionId), 'hosts');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => readHost(join(folder, file))).filter((host) => host !== undefined);
}

/** Gives undefined where the host has just ended, and removed its file. */
function readHost(file: string): Host | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Host;
  } catch {
    return undefined;
  }
}

/** Waits until so many windows have brought what they have up to date: they show it a little earlier. */
async function settled(bed: TestBed, count: number): Promise<readonly Host[]> {
  return eventually(`${count} windows to be up to date`, () => {
    const hosts = hostsOf(bed).filter(({ store }) => store !== undefined && hasSession(bed, store));
    return hosts.length === count && hosts;
  });
}

/** Whether a session is announced in the index of a store. */
function hasSession(bed: TestBed, store: string): boolean {
  const index = join(bed.server.sharedFolder(extensionId), 'stores', `${store}.json`);
  return existsSync(index) && readFileSync(index, 'utf8').includes('"session/');
}
