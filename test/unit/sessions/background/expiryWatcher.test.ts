import assert from 'node:assert/strict';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { settle } from '../../support/fakeClock';
import { eventually } from '../../support/eventually';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('ExpiryWatcher', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;

  beforeEach(() => {
    window = new SessionWindow(box, machine());
  });

  const add = async (): Promise<LiveSession> => {
    const { accessToken } = await box.control.issuePair(SEED.clientId, SEED.userId);
    return window.developerTokens.add(accessToken, window.origins, new AbortController().signal);
  };
  const ended = (): Promise<void> => eventually(() => window.ended.length > 0);
  const isQuiet = async (): Promise<boolean> => {
    await Promise.all([window.refresher.idle(), settle()]);
    return window.ended.length === 0;
  };

  it('ends a developer token when its time is over, and tells it as removed', async () => {
    const session = await add();
    window.forgetChanges();
    await window.clock.advance(HOUR_MS - 1);
    assert.ok(await isQuiet());
    assert.deepEqual(await window.store.all(), [session]);
    await window.clock.advance(1);
    await ended();
    const [record] = await window.store.all();
    assert.deepEqual(record, { ...session, pair: null, ended: 'expired' });
    assert.deepEqual(window.changedIds(), { added: [], removed: [session.id], changed: [] });
    assert.deepEqual(
      window.ended.map(({ id }) => id),
      [session.id],
    );
    assert.equal((await box.control.requests({ endpoint: 'token' })).length, 0);
  });

  it('goes by the newer token that took the older one’s place', async () => {
    await add();
    await window.clock.advance(40 * MINUTE_MS);
    const second = await add();
    await window.clock.advance(59 * MINUTE_MS);
    assert.ok(await isQuiet());
    assert.deepEqual(await window.store.all(), [second]);
    await window.clock.advance(MINUTE_MS);
    await ended();
  });

  it('watches what was kept before the window began', async () => {
    const { id } = await add();
    window.dispose();
    await window.clock.advance(40 * MINUTE_MS);
    window = new SessionWindow(box, machine());
    await window.store.load();
    await window.clock.advance(20 * MINUTE_MS - 1);
    assert.ok(await isQuiet());
    await window.clock.advance(1);
    await ended();
    assert.deepEqual(window.changedIds().removed, [id]);
  });

  it('ends one at once whose time was over while no window was open', async () => {
    await add();
    window.dispose();
    window.clock.jump(2 * HOUR_MS);
    window = new SessionWindow(box, machine());
    await window.store.load();
    await window.clock.advance(0);
    await ended();
  });

  it('ends one once in two windows, and both tell it as removed', async () => {
    const { id } = await add();
    const windows = [window, new SessionWindow(box, machine())];
    await Promise.all(windows.map(({ store }) => store.load()));
    await window.clock.advance(HOUR_MS);
    await eventually(() => windows.every((each) => each.changedIds().removed.length > 0));
    await Promise.all(windows.map(({ refresher }) => refresher.idle()));
    assert.deepEqual(
      windows.map((each) => each.changedIds().removed),
      [[id], [id]],
    );
    assert.equal(windows.flatMap((each) => each.ended).length, 1);
  });

  it('leaves sessions alone that can be renewed, and what was signed out', async () => {
    await window.configureApp();
    await window.signIn();
    await window.signOut.run((await add()).id);
    assert.deepEqual(window.clock.pending, []);
  });

  it('watches no more once it is disposed', async () => {
    await add();
    window.dispose();
    assert.deepEqual(window.clock.pending, []);
  });
});
