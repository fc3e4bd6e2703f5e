import assert from 'node:assert/strict';
import { useEmulatedBox } from '../../support/emulatedBox';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

describe('SessionBook, while it loads', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let session: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    session = await window.signIn();
  });

  /** Lets another window do something between a loading window's read of sessions and its read of revocations. */
  const loadAround = async (meanwhile: () => Promise<unknown>): Promise<SessionWindow> => {
    const loading = new SessionWindow(box, machine());
    let isBegun = false;
    const marks = loading.revocations.marks.bind(loading.revocations);
    loading.revocations.marks = async () => {
      if (!isBegun) {
        isBegun = true;
        await meanwhile();
      }
      return marks();
    };
    await loading.store.load();
    assert.ok(isBegun);
    return loading;
  };

  it('does not bring back a session that another window signs out', async () => {
    const loading = await loadAround(() => window.signOut.run(session.id));
    assert.deepEqual(await loading.store.all(), []);
    assert.deepEqual(await loading.provider.getSessions([], {}), []);
  });

  it('does not go back behind a refresh of another window', async () => {
    let refreshed = session;
    const loading = await loadAround(async () => {
      refreshed = await window.refresher.refreshNow(session);
    });
    const [given] = await loading.provider.getSessions([], {});
    assert.equal(given?.accessToken, refreshed.pair.accessToken);
  });
});
