import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import { eventually } from '../../vscode/poll';
import type { SecretMoment } from '../../vscode/secrets';
import { createDownscopedToken } from './credentials';
import { expectRecord, recordsOf, restartExtensionHost } from './records';
import { expectAllDead, expectDead, Scene } from './scene';
import { shareSignedIn } from './sharedScene';

/** What {@link signOutWhileRefreshing} leaves behind. */
interface SignedOut {
  readonly scene: Scene;
  readonly refreshToken: string;
}

describe('A sign-out while a refresh hangs at Box', () => {
  const shared = shareSignedIn({ secrets: 'desktop' });

  it('counts although its window is killed at once, and its revocation is kept', async () => {
    const { scene, refreshToken } = await signOutWhileRefreshing(await shared.useUp(), ['token', 'revoke']);
    await eventually('the revocation to be stored', () => isRevocationStored(scene, refreshToken));

    await restartExtensionHost(scene.bed, scene.workbench);

    await expectSignedOut(scene);
    assert.ok(isRevocationStored(scene, refreshToken), 'the revocation was taken for confirmed');
    assert.equal((await scene.box.counters()).refreshes, 0);
  });

  it('ends the refresh token at Box although the refresh goes on, and the session does not come back', async () => {
    const { scene, refreshToken } = await signOutWhileRefreshing(await shared.useUp());
    await expectDead(scene.box, refreshToken);

    await restartExtensionHost(scene.bed, scene.workbench);

    await expectSignedOut(scene);
    await expectAllDead(scene.box);
  });

  it('does not stand in the way of a new sign-in of the same person', async () => {
    const { scene } = await signOutWhileRefreshing(await shared.useUp());
    await restartExtensionHost(scene.bed, scene.workbench);
    await scene.box.clearFaults();

    await scene.signIn({ asksSecret: false });

    await scene.workbench.reload();
    await scene.status.expectText(SEED.userLogin);
    assert.equal((await scene.box.tokenInfo(await scene.copyToken())).live, true);
  });
});

describe('A sign-out whose extension host is stopped', () => {
  const shared = shareSignedIn({ secrets: 'desktop', windows: 2 });
  let goOn = (): void => undefined;

  afterEach(() => {
    goOn();
  });

  /** Signs out in the first window, whose host stops as soon as the sign-out is on its way to SecretStorage. */
  const stopSignOut = async (scene: Scene, at: SecretMoment): Promise<void> => {
    const record = await scene.consume('Get Session Silently');
    assert.ok('pid' in record, JSON.stringify(record));
    const { pid } = record;
    const stopped = scene.desktopSecrets.next(at, 'revocation/', () => {
      process.kill(pid, 'SIGSTOP');
    });
    goOn = () => {
      goOn = () => undefined;
      process.kill(pid, 'SIGCONT');
    };
    await scene.signOut();
    await stopped;
  };

  it('S11: has the pair ended that another window gets meanwhile', async () => {
    const scene = await shared.useUp();
    const other = scene.otherWindow;
    await scene.box.fault({ endpoint: 'token', kind: 'delay', delayMs: 3000 });
    await other.runCommand('Box: Refresh Access Token');
    await eventually('the request', async () => (await scene.box.counters()).refreshRequests > 0);

    await stopSignOut(scene, 'reading');
    await scene.expectNobody([other]);
    await eventually('the new pair', async () => (await scene.box.counters()).refreshes > 0);
    goOn();

    await scene.expectNobody();
    await expectAllDead(scene.box);
  });

  it('when it is stored is known to another window at once, and ended at Box when it goes on', async () => {
    const scene = await shared.useUp();
    await stopSignOut(scene, 'stored');

    await scene.expectNobody([scene.otherWindow]);
    goOn();

    await scene.expectNobody();
    await expectAllDead(scene.box);
  });
});

describe('A token of which little is left while Box hangs', () => {
  it('is the answer in each of two windows after two seconds', async () => {
    const settings = { 'consumer.stormCalls': 1 };
    const scene = await Scene.openSignedIn({ secrets: 'desktop', leftS: 240, settings });
    await scene.box.fault({ endpoint: 'token', kind: 'hang', times: -1 });
    const first = expectRecord('session', await scene.consume('Get Session', () => scene.allowConsumer()));
    await scene.workbench.stateKept(`box-${SEED.userLogin}`);
    const other = await scene.profile.openWindow();
    await other.statusBarItem('box-authentication.account').expectText(SEED.userLogin);

    const storms = await recordsOf(scene.bed, 'storm', {
      count: 2,
      during: async () => {
        await recordsOf(scene.bed, 'stormReady', {
          count: 2,
          during: async () => {
            for (const window of scene.profile.windows) await window.runCommand('Consumer: Storm');
          },
        });
        await scene.bed.startStorms();
      },
    });

    for (const { failures, accessTokenSha256, milliseconds } of storms) {
      assert.deepEqual([failures, accessTokenSha256], [[], [first.accessTokenSha256]]);
      assert.ok(milliseconds < 4000, `an answer took ${milliseconds.toFixed()} ms`);
    }
    await scene.box.clearFaults();
  });
});

describe('Signing out', () => {
  const shared = shareSignedIn({ settings: () => ({ 'consumer.scopes': ['item_preview'] }) });

  it('ends every token that was made of the session, before and after it was refreshed', async () => {
    const scene = await shared.takeOver();
    const first = expectRecord('session', await scene.consume('Get Session', () => scene.allowConsumer()));
    await scene.workbench.runCommand('Box: Refresh Access Token');
    await scene.workbench.notifications.expect(/new access token/);
    const second = expectRecord('session', await scene.consume('Get Session Silently'));
    assert.notEqual(second.accessTokenSha256, first.accessTokenSha256);
    const third = await createDownscopedToken(scene);
    assert.equal((await scene.box.tokenInfo(third)).live, true);

    await scene.signOut();

    await scene.status.expectText('Box: Sign In');
    await expectAllDead(scene.box);
  });
});

function isRevocationStored(scene: Scene, token: string): boolean {
  return [...scene.secrets()].some(([key, text]) => key.startsWith('revocation/') && text.includes(token));
}

/** Begins a refresh that hangs, and signs out. */
async function signOutWhileRefreshing(
  scene: Scene,
  hanging: readonly ('token' | 'revoke')[] = ['token'],
): Promise<SignedOut> {
  const { refreshToken } = await scene.storedSession(SEED.userLogin);
  for (const endpoint of hanging) await scene.box.fault({ endpoint, kind: 'hang', times: -1 });
  await scene.workbench.runCommand('Box: Refresh Access Token');
  const refreshes = { endpoint: 'token', grantType: 'refresh_token' } as const;
  await eventually('the request', async () => (await scene.box.requests(refreshes)).length > 0);
  await scene.signOut();
  await scene.status.expectText('Box: Sign In');
  return { scene, refreshToken };
}

/** Nothing of the session is there: not in the window, and not for other extensions. */
async function expectSignedOut(scene: Scene): Promise<void> {
  await scene.status.expectText('Box: Sign In');
  const record = await scene.consume('Get Session Silently');
  assert.equal(record.event, 'none');
  await scene.status.expectText('Box: Sign In');
}
