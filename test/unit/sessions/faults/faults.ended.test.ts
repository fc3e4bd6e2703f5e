import assert from 'node:assert/strict';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import { observeWaits } from '../../support/waits';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

describe('Sessions that Box has ended', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let session: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    session = await window.signIn();
  });

  const endAtBox = async (): Promise<void> => {
    await window.letTokensExpire();
    await box.control.revokeUser(SEED.userId);
  };
  const refreshes = async (): Promise<number> => (await box.control.counters()).refreshRequests;

  /** How often it comes out that the session has ended, of so many requests at once. */
  const askAtOnce = async (windows: readonly SessionWindow[], each: number): Promise<number> => {
    const asked = windows.flatMap(({ refresher }) =>
      Array.from({ length: each }, () => refresher.fresh(session)),
    );
    const results = await Promise.allSettled(asked);
    return results.filter(
      (result) => result.status === 'rejected' && Reflect.get(result.reason as Error, 'code') === 'ended',
    ).length;
  };

  it('are told of once to a hundred callers at once, and not again later', async () => {
    await endAtBox();
    assert.equal(await askAtOnce([window], 100), 100);
    assert.equal(await askAtOnce([window], 10), 10);
    assert.deepEqual(await window.provider.getSessions([], {}), []);
    assert.deepEqual([window.ended.map(({ id }) => id), await refreshes()], [[session.id], 1]);
  });

  it('are told of once in all windows together, with one request', async () => {
    const other = new SessionWindow(box, machine());
    await other.store.load();
    await endAtBox();
    assert.equal(await askAtOnce([window, other], 50), 100);
    assert.deepEqual([window.ended.length + other.ended.length, await refreshes()], [1, 1]);
  });

  it('are told of again when a session that was signed in anew ends too', async () => {
    await endAtBox();
    await askAtOnce([window], 1);
    session = await window.signIn();
    await endAtBox();
    await askAtOnce([window], 10);
    assert.deepEqual(
      window.ended.map(({ id }) => id),
      [session.id, session.id],
    );
  });

  it('do not come of an answer in which the refresh token is missing once', async () => {
    await window.letTokensExpire();
    await box.control.fault({ endpoint: 'token', kind: 'json', omitFields: ['refresh_token'] });
    const { value: refreshed } = await observeWaits(window.clock, window.refresher.fresh(session));
    assert.ok(refreshed);
    // The first use of the new access token ends the old refresh token.
    await box.client(window.clock).currentUser(box.endpoints, refreshed.pair.accessToken);
    await window.letTokensExpire();
    const { error } = await observeWaits(window.clock, window.refresher.fresh(refreshed));
    assert.deepEqual([error, window.ended], [undefined, []]);
  });
});
