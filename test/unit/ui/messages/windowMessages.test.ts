import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { Settings } from '../../../../src/apps/settings';
import { Notifications } from '../../../../src/ui/messages/notifications';
import { watchWindow } from '../../../../src/ui/messages/windowMessages';
import { SEED } from '../../../emulator/src';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { eventually } from '../../support/eventually';
import { useEmulatedBox } from '../../support/emulatedBox';
import { useEditor } from '../../support/standInEditor';

describe('watchWindow', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  useEditor();
  let window: SessionWindow;
  let notifications: Notifications;
  let offered: [accountId: string, message: string][];
  let stop: () => void;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    notifications = new Notifications({
      prepareReload: () => window.storage.prepareReload(),
      clock: window.clock,
      log: window.log,
    });
    offered = [];
    const { storage, sessions } = window;
    const watch = watchWindow({
      storage,
      sessions,
      settings: new Settings(() => undefined),
      offerSignIn: async ({ account }, reason) => {
        offered.push([
          account.id,
          (await notifications.describe(reason, { what: 'Keeping a session' })).message,
        ]);
      },
      notifications,
    });
    stop = () => {
      watch.dispose();
      window.dispose();
    };
  });

  afterEach(() => {
    stop();
  });

  it('tells once that Box has ended a session, to sign in again with its account: no command tells it too', async () => {
    const session = await window.signIn();
    await box.control.revokeUser(SEED.userId);
    const error: unknown = await window.refresher.refreshNow(session).catch((thrown: unknown) => thrown);
    assert.equal(Reflect.get(error as Error, 'code'), 'ended');
    assert.equal(notifications.wasTold(error), true);
    await eventually(() => offered.length === 1);
    const [accountId, message] = offered[0] ?? [];
    assert.equal(accountId, session.account.id);
    assert.match(message ?? '', /^The Box session of /);
  });

  it('leaves the end of a developer token to whoever asked for it', async () => {
    const { accessToken } = await box.control.issuePair(SEED.clientId, SEED.userId);
    const { signal } = new AbortController();
    const developer = await window.developerTokens.add(accessToken, window.origins, signal);
    await window.letTokensExpire();
    const error: unknown = await window.refresher.fresh(developer).catch((thrown: unknown) => thrown);
    assert.equal(Reflect.get(error as Error, 'code'), 'ended');
    assert.equal(notifications.wasTold(error), false);
    assert.deepEqual(offered, []);
  });
});
