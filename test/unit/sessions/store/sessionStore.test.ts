import assert from 'node:assert/strict';
import { useEmulatedBox } from '../../support/emulatedBox';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SessionWindow, SharedMachine, useMachine } from '../../support/sessionWindow';
import { OvertakenSecrets } from '../../support/overtakenSecrets';
import { eventually } from '../../support/eventually';

describe('SessionStore, while it loads', () => {
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

describe('SessionStore, while it stores', () => {
  const box = useEmulatedBox();
  const secrets = new OvertakenSecrets();
  const machines = [new SharedMachine(secrets), new SharedMachine(secrets)] as const;
  after(() => {
    for (const machine of machines) machine.remove();
  });

  it('sees what a host with another folder stores right after it', async () => {
    const window = new SessionWindow(box, machines[0]);
    const other = new SessionWindow(box, machines[1]);
    await window.configureApp();
    const session = await window.signIn();
    await Promise.all([window.store.load(), other.store.load()]);
    secrets.overtake = () => other.store.write({ ...session, signIn: 'theirs' });
    await window.store.write({ ...session, signIn: 'ours' });
    await eventually(() => window.store.find(session.id)?.signIn === 'theirs');
  });
});
