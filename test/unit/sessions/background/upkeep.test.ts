import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { IdleSessionKeeper } from '../../../../src/sessions/background/idleSessionKeeper';
import { endedAs, mainToken, type LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { useEmulatedBox } from '../../support/emulatedBox';
import { eventually } from '../../support/eventually';
import { settle } from '../../support/fakeClock';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe('Upkeep', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let session: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    session = await window.signIn();
  });

  const refreshes = async (): Promise<number> => (await box.control.counters()).refreshRequests;

  /** Moves on by `ms`, and gives what is then sent the real time that it takes. */
  const pass = async (
    ms: number,
    sent: () => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<void> => {
    await window.clock.advance(ms);
    await Promise.all([window.refresher.idle(), settle()]);
    const end = Date.now() + 2000;
    while (!(await sent()) && Date.now() < end) await settle();
    await window.refresher.idle();
  };

  describe('ProactiveRefresher', () => {
    it('refreshes a token that is used when its margin begins, spread over half of it', async () => {
      await window.provider.getSessions([], {});
      await pass(55 * MINUTE_MS);
      assert.equal(await refreshes(), 0);
      await pass(2.5 * MINUTE_MS, async () => (await refreshes()) === 1);
      assert.equal(await refreshes(), 1);
    });

    it('goes on from one token to the next, until nobody has asked for a day', async () => {
      await window.provider.getSessions([], {});
      for (let hour = 1; hour <= 27; hour++)
        await pass(HOUR_MS, async () => (await refreshes()) >= Math.min(hour, 24));
      assert.ok([24, 25].includes(await refreshes()), String(await refreshes()));
    });

    it('leaves a token alone that nobody asked for, and rests while nobody works here', async () => {
      await pass(HOUR_MS);
      assert.equal(await refreshes(), 0);
      window.isInUse = false;
      await window.refresher.refreshNow(session);
      await window.provider.getSessions([], {});
      const before = await refreshes();
      await pass(HOUR_MS);
      assert.equal(await refreshes(), before);
      window.isInUse = true;
      window.proactive.resume();
      await pass(MINUTE_MS * 3, async () => (await refreshes()) > before);
      assert.equal(await refreshes(), before + 1);
    });
  });

  describe('IdleSessionKeeper', () => {
    const keeper = (isWanted = true): IdleSessionKeeper => {
      const made = new IdleSessionKeeper({
        store: window.store,
        refresher: window.refresher,
        clock: window.clock,
        random: () => 0.5,
        isWanted: () => isWanted,
        log: window.log,
      });
      made.begin();
      return made;
    };

    it('renews a session after 45 idle days, minutes after the start', async () => {
      window.clock.jump(46 * DAY_MS);
      const idle = keeper();
      await pass(9 * MINUTE_MS);
      assert.equal(await refreshes(), 0);
      await pass(2 * MINUTE_MS, async () => (await refreshes()) === 1);
      assert.equal(await refreshes(), 1);
      idle.dispose();
    });

    it('leaves younger sessions alone, and all when it is not wanted', async () => {
      window.clock.jump(40 * DAY_MS);
      const idle = keeper();
      await pass(20 * MINUTE_MS);
      idle.dispose();
      window.clock.jump(10 * DAY_MS);
      const unwanted = keeper(false);
      await pass(20 * MINUTE_MS);
      unwanted.dispose();
      assert.equal(await refreshes(), 0);
    });
  });

  describe('RevocationRetrier', () => {
    it('sends a revocation that Box did not get, minutes after the start, until it is confirmed', async () => {
      await box.control.fault({ endpoint: 'revoke', kind: 'status', status: 503, times: -1 });
      const signOut = window.signOut.run(session.id);
      await window.clock.timer((ms) => ms < 2000);
      await window.clock.advance(2000);
      assert.equal((await signOut).state, 'pending');
      await box.control.clearFaults();
      window.sessions.retrier.begin();
      const isDead = async (): Promise<boolean> =>
        !(await box.control.tokenInfo(mainToken(session.pair))).live;
      await pass(MINUTE_MS);
      assert.equal(await isDead(), false);
      await pass(MINUTE_MS, isDead);
      assert.equal(await isDead(), true);
    });

    it('leaves a revocation alone that another window is sending just now', async () => {
      const { clock } = window;
      const sent = async (): Promise<number> => (await box.control.requests({ endpoint: 'revoke' })).length;
      const other = new SessionWindow(box, machine());
      other.sessions.retrier.begin();
      await clock.advance(85_000);
      await box.control.fault({ endpoint: 'revoke', kind: 'hang' });
      const signOut = window.signOut.run(session.id);
      await eventually(async () => (await sent()) === 1);

      await clock.advance(5000);
      await clock.timer((ms) => ms === 3 * MINUTE_MS);
      assert.equal(await sent(), 1);

      await clock.advance(15_000);
      assert.equal((await signOut).state, 'revoked');
    });

    it('sends again what was made from a session that was signed out, until that is confirmed', async () => {
      const { accessToken } = await window.downscoped.exchange(session, ['item_preview']);
      await window.children.stored();
      await box.control.fault({ endpoint: 'revoke', kind: 'status', status: 503, times: -1 });
      await passWaits(window.clock, window.signOut.run(session.id));
      await passWaits(window.clock, window.children.idle());
      const isDead = async (): Promise<boolean> => !(await box.control.tokenInfo(accessToken)).live;
      assert.equal(await isDead(), false);
      await box.control.clearFaults();
      const { children } = window;
      window.sessions.retrier.begin();
      await pass(2 * MINUTE_MS, isDead);
      assert.equal(await isDead(), true);
      await children.idle();
      assert.deepEqual(await children.sessions(), []);
    });

    it('finishes a sign-out that could not be stored as soon as SecretStorage works again', async () => {
      await window.sessions.begin();
      // Nothing is left to revoke of it, whose sending would be tried again anyway.
      await window.store.write(endedAs(session, 'refused'));
      const { secrets, folder } = machine();
      const marks = (): readonly string[] => readdirSync(join(folder, 'marks'));
      secrets.fail('delete');
      await window.signOut.run(session.id);
      await window.signOut.idle();
      await pass(2 * MINUTE_MS);
      assert.equal(marks().length, 1);
      const recovered = new Promise((resolve) => window.storage.secrets.onDidRecover(resolve));
      secrets.heal();
      await recovered;
      await pass(2 * MINUTE_MS, () => Promise.resolve(marks().length === 0));
      assert.deepEqual(marks(), []);
    });
  });
});
