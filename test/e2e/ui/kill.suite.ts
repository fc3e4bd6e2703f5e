import assert from 'node:assert/strict';
import { SEED } from '../../emulator/src';
import type { SecretMoment } from '../../vscode/secrets';
import { eventually } from '../../vscode/poll';
import { endExtensionHost, restartExtensionHost } from './records';
import type { Scene } from './scene';
import { shareSignedIn } from './sharedScene';

/** A point of a refresh, at which the session's record is on its way from or to SecretStorage. */
interface Point {
  readonly name: string;
  readonly moment: SecretMoment;
  /** Box's way with refresh tokens: where it is strict, an answer that nobody stored is lost by its own rule. */
  readonly rotation: 'strict' | 'confirm-on-use';
  /** How many refresh requests Box has got by then. */
  readonly requests: number;
}

const points: readonly Point[] = [
  { name: 'before the request', moment: 'reading', rotation: 'strict', requests: 0 },
  { name: 'after Box’s answer', moment: 'storing', rotation: 'confirm-on-use', requests: 1 },
  { name: 'after storing', moment: 'stored', rotation: 'strict', requests: 1 },
];

describe('An extension host that is killed in a refresh', () => {
  const shared = shareSignedIn({ secrets: 'desktop' });
  const inBrowser = shareSignedIn();

  for (const { name, moment, rotation, requests } of points) {
    it(`${name} loses nothing (${rotation})`, async () => {
      const scene = await shared.use();
      const old = await scene.copyToken();
      const before = (await scene.box.counters()).refreshRequests;
      await scene.box.set({ rotation });
      const held = holdAt(scene, moment);

      await scene.workbench.runCommand('Box: Refresh Access Token');
      await held.reached;
      assert.equal((await scene.box.counters()).refreshRequests - before, requests);
      await restartExtensionHost(scene.bed, scene.workbench);
      held.giveUp();

      await scene.status.expectText(SEED.userLogin);
      await scene.workbench.runCommand('Box: Refresh Access Token');
      await scene.workbench.notifications.expect(/new access token/, 30_000);
      const token = await scene.copyToken();
      assert.notEqual(token, old);
      assert.equal((await scene.box.tokenInfo(token)).live, true);
      assert.equal((await scene.box.counters()).refreshReuse, 0);
    });
  }

  it('while Box acts loses nothing', async () => {
    const scene = await inBrowser.use();
    await scene.box.fault({ endpoint: 'token', kind: 'delay', delayMs: 60_000 });

    await scene.workbench.runCommand('Box: Refresh Access Token');
    await eventually('the request', async () => (await scene.box.counters()).refreshes > 0);
    await endExtensionHost(scene.bed);
    await scene.workbench.reload();

    await scene.status.expectText(SEED.userLogin);
    await scene.workbench.runCommand('Box: Refresh Access Token');
    await scene.workbench.notifications.expect(/new access token/, 30_000);
    assert.equal((await scene.box.counters()).refreshRepeats, 1);
    assert.equal((await scene.box.tokenInfo(await scene.copyToken())).live, true);
  });
});

/** An operation of SecretStorage that does not go on. */
interface Held {
  /** Resolves when it has come. */
  readonly reached: Promise<void>;
  /** Lets it fail: the page lets nobody else at the key before. */
  readonly giveUp: () => void;
}

/** Stops the session's next such moment, as for a host that ends there. */
function holdAt({ desktopSecrets }: Scene, moment: SecretMoment): Held {
  let giveUp = (): void => undefined;
  const hold = (): Promise<never> =>
    new Promise((_resolve, reject) => {
      giveUp = () => {
        reject(new Error('The host that asked has ended.'));
      };
    });
  const reached = desktopSecrets.next(moment, 'session/', hold);
  return {
    reached,
    giveUp: () => {
      giveUp();
    },
  };
}
