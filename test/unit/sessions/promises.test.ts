import assert from 'node:assert/strict';
import { mainToken, type LiveSession } from '../../../src/sessions/store/sessionRecord';
import { SEED } from '../../emulator/src';
import { useEmulatedBox } from '../support/emulatedBox';
import { FakeClock } from '../support/fakeClock';
import { eventually } from '../support/eventually';
import { BrowserStorage, PageSecrets } from '../support/servedSecrets';
import { SessionWindow, SharedMachine, useMachine } from '../support/sessionWindow';
import { passWaits } from '../support/waits';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How long a request for a token may take, in ms. */
const TOKEN_TIMEOUT_MS = 12_000;
const HANGS = { endpoint: 'token', kind: 'hang', times: -1 } as const;

/** Resolves when a window has noted what had failed before it began to wait for the lock. */
function stampTaken({ backoff }: SessionWindow): Promise<void> {
  const stamp = backoff.stamp.bind(backoff);
  return new Promise((resolve) => {
    backoff.stamp = async (subject) => {
      const taken = await stamp(subject);
      resolve();
      return taken;
    };
  });
}

describe('The promises', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  /** The clock by which callers wait. */
  let waiting: FakeClock;
  let window: SessionWindow;
  let session: LiveSession;
  const containers: SharedMachine[] = [];

  beforeEach(async () => {
    waiting = new FakeClock();
    machine().patience = waiting;
    window = open();
    await window.configureApp();
    session = await window.signIn();
  });

  afterEach(() => {
    for (const container of containers.splice(0)) container.remove();
  });

  const open = (on: SharedMachine = machine()): SessionWindow => new SessionWindow(box, on);
  /** Opens a window of a host that has the same SecretStorage and a folder of its own. */
  const openInContainer = (): SessionWindow => {
    const container = new SharedMachine(machine().secrets);
    Object.assign(container, { clock: machine().clock, patience: waiting });
    containers.push(container);
    return open(container);
  };
  const isAlive = async (token: string): Promise<boolean> => (await box.control.tokenInfo(token)).live;
  const hung = async (): Promise<number> =>
    (await box.control.requests()).filter(({ status }) => status === 'hung').length;
  const liveRefreshTokens = async (): Promise<number> => {
    const infos = (await box.control.issuedSecrets()).map((secret) => box.control.tokenInfo(secret));
    return (await Promise.all(infos)).filter(({ kind, live }) => kind === 'refresh' && live).length;
  };
  const refreshes = async (): Promise<number> => (await box.control.counters()).refreshRequests;
  const token = async (from: SessionWindow): Promise<string | undefined> =>
    (await from.provider.getSessions([], {}))[0]?.accessToken;

  /** Waits until a window has sent its request for a token. */
  const isSent = async (): Promise<void> => {
    await window.clock.timer((left) => left === TOKEN_TIMEOUT_MS);
  };
  /** Lets callers wait for so long, once so many of them do. */
  const letWait = async (ms: number, callers = 1): Promise<void> => {
    await waiting.timer((left) => left === ms, callers);
    await waiting.advance(ms);
  };
  /** Signs out, and waits no longer than the sign-out does where a refresh holds it up. */
  const signOutMeanwhile = async (from: SessionWindow, others = 0): Promise<void> => {
    const done = from.signOut.run(session.id);
    await letWait(2000, 1 + others);
    assert.equal((await done).state, 'revoked');
  };

  /** Has a pair that the window cannot store. @returns another window, which does not know it */
  const refreshInMemory = async (): Promise<SessionWindow> => {
    await box.control.set({ rotation: 'strict' });
    const other = open();
    await other.store.load();
    window.secrets.fail('store');
    await window.refresher.refreshNow(session);
    window.secrets.heal();
    return other;
  };
  /** Does what a sign-out does first, and nothing more, like a window that ends then. */
  const markOnly = (): Promise<void> =>
    window.sessions.marks.add({ session: session.id, signIn: session.signIn ?? '', kind: 'signedOut' });

  describe('what is signed out stays signed out', () => {
    it('S1: also where a refresh hung at Box and the window was closed', async () => {
      await box.control.fault(HANGS);
      void window.refresher.refreshNow(session).catch(() => undefined);
      await isSent();
      await signOutMeanwhile(window);
      assert.equal(await isAlive(mainToken(session.pair)), false);
      assert.equal(window.secrets.keysBelow('session/').length, 1, 'the refresh still holds the lock');

      const other = open();
      assert.deepEqual(await other.store.all(), []);
      assert.deepEqual(await other.provider.getSessions([], {}), []);
    });

    it('S8: a caller who waited for a refresh that failed gets nothing of a session that was signed out', async () => {
      window.clock.jump(56 * MINUTE_MS);
      await box.control.fault(HANGS);
      const asked = window.provider.getSessions([], {});
      await isSent();
      await signOutMeanwhile(window, 1);
      assert.deepEqual(await asked, []);
    });

    it('S11: a pair that another window gets after the sign-out is revoked too', async () => {
      const other = open();
      await other.store.load();
      await box.control.fault({ endpoint: 'token', kind: 'delay', delayMs: 50 });
      const refreshing = other.refresher.refreshNow(session);
      await eventually(async () => (await box.control.requests({ endpoint: 'token' })).length > 1);
      const signedOut = window.signOut.run(session.id);
      await assert.rejects(refreshing, { code: 'signed_out' });
      await signedOut;
      await Promise.all([window.signOut.idle(), other.signOut.idle()]);
      assert.equal(await liveRefreshTokens(), 0);
      assert.deepEqual(window.secrets.keysBelow('session/'), []);
    });

    it('ends a pair at Box that could not be stored before another window signed out', async () => {
      const other = await refreshInMemory();

      await other.signOut.run(session.id);
      await eventually(async () => (await liveRefreshTokens()) === 0);
      assert.deepEqual(await window.store.readAllStored(), []);
      await window.sessions.idle();
      assert.deepEqual(window.secrets.keysBelow('revocation/'), []);
    });

    it('ends a pair at Box too that could not be stored before another window signed in in its place', async () => {
      const other = await refreshInMemory();

      const again = await other.signIn();
      const kept = async (): Promise<number> => (await other.store.readStored(again.id))?.former?.length ?? 0;
      await eventually(async () => (await kept()) === 2);
      await other.signOut.run(again.id);
      await other.signOut.idle();
      assert.equal(await liveRefreshTokens(), 0);
    });

    it('is seen by a window whose SecretStorage hears nothing, by the mark alone', async () => {
      const other = open();
      await other.sessions.marks.begin();
      await other.store.load();
      other.secrets.intercept = () => new Promise(() => undefined);
      void window.signOut.run(session.id);
      await eventually(() => other.store.known().length === 0);
      window.secrets.intercept = () => undefined;
    });

    it('is finished by a window that lives when the one that signed out died half-way', async () => {
      const other = open();
      await other.store.load();
      await markOnly();
      await other.signOut.tidy();
      await other.sender.sendAll();
      await other.signOut.tidy();
      assert.deepEqual(other.secrets.keysBelow('session/'), []);
      assert.equal(await liveRefreshTokens(), 0);
      assert.deepEqual(await other.sessions.marks.all(), []);
    });

    it('is finished again when a host that cannot see the mark stores a new pair', async () => {
      const other = openInContainer();
      await other.store.load();
      await window.store.load();
      await markOnly();

      await other.refresher.refreshNow(session);

      await eventually(() => window.secrets.keysBelow('session/').length === 0);
      await eventually(() => other.store.known().length === 0);
      await window.signOut.idle();
      await window.sender.sendAll();
      await window.signOut.tidy();
      assert.equal(await liveRefreshTokens(), 0);
      assert.deepEqual(await window.sessions.marks.all(), []);
    });

    it('counts for a host with another folder that starts while a refresh still holds the record', async () => {
      await box.control.fault(HANGS);
      void window.refresher.refreshNow(session).catch(() => undefined);
      await isSent();
      await signOutMeanwhile(window);
      assert.equal(await isAlive(mainToken(session.pair)), false);

      assert.deepEqual(await openInContainer().store.all(), []);
    });

    it('is not told as confirmed where nothing could be stored or sent', async () => {
      window.secrets.fail('keys');
      const outcome = await window.signOut.run(session.id);
      assert.equal(await isAlive(mainToken(session.pair)), true);
      assert.equal(outcome.state, 'pending');
    });

    it('has its mark before the window counts as idle', async () => {
      const { signOut } = await window.sessions.loadLifecycle();
      await box.control.fault({ endpoint: 'revoke', kind: 'hang' });
      void signOut.run(session.id);
      await window.sessions.idle();
      assert.equal((await open().sessions.marks.all()).length, 1);
    });

    it('keeps the secret of a removed app until a pair that came late is revoked', async () => {
      await box.control.set({ rotation: 'strict' });
      await box.control.fault({ endpoint: 'token', kind: 'delay', delayMs: 300 });
      const refreshing = window.refresher.refreshNow(session);
      await isSent();
      const removed = window.removeApp(SEED.clientId);
      await letWait(2000);
      await assert.rejects(refreshing, { code: 'signed_out' });
      await removed;
      await window.sessions.idle();
      await window.sender.sendAll();
      await window.signOut.tidy();

      assert.equal(await liveRefreshTokens(), 0);
      assert.deepEqual(window.secrets.keysBelow('revocation/'), []);
      await eventually(async () => (await window.sessions.marks.all()).length === 0);
      await eventually(() => window.secrets.keysBelow('app/').length === 0);
    });

    it('makes no session of a sign-in whose app is removed meanwhile', async () => {
      const person = window.person(SEED.userLogin);
      const signIn = window.userSignIn.run(window.request({ scopes: ['root_readonly'] }), {
        ...person,
        openBrowser: async (url) => {
          await window.removeApp(SEED.clientId);
          return person.openBrowser(url);
        },
      });
      await assert.rejects(signIn, { code: 'client_secret_missing' });
      assert.equal(await liveRefreshTokens(), 0);
    });

    it('keeps the secret of a removed app while a pending revocation cannot be read', async () => {
      await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
      await passWaits(window.clock, window.removeApp(SEED.clientId));
      await window.signOut.idle();
      const later = open();
      later.secrets.fail('get', (key) => key.startsWith('revocation/'));
      await assert.rejects(later.remover.forgetRemoved(), { code: 'secret_storage_failed' });
      assert.equal(window.secrets.keysBelow('app/').length, 1);
    });

    it('leaves no mark once the record is gone and Box has confirmed', async () => {
      await window.signOut.run(session.id);
      await window.signOut.idle();
      assert.deepEqual(await window.sessions.marks.all(), []);
    });
  });

  describe('a session that Box still honours is never lost', () => {
    it('S5: by the later of two hosts with one store and two folders, under strict rotation', async () => {
      await box.control.set({ rotation: 'strict' });
      const other = openInContainer();
      await other.store.load();
      await window.letTokensExpire();
      let release = (): void => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      let isStoring = false;
      window.secrets.intercept = async (operation, key) => {
        if (operation !== 'store' || !key.startsWith('session/')) return;
        isStoring = true;
        await gate;
      };
      const first = window.refresher.fresh(session);
      await eventually(() => isStoring);
      const second = other.refresher.fresh(session);
      await eventually(() => waiting.pending.includes(500));
      release();
      const stored = await first;
      await letWait(500);
      assert.equal((await second).pair.accessToken, stored.pair.accessToken);
      assert.deepEqual([window.ended, other.ended], [[], []]);
    });

    it('is what a refresh gives that is overtaken by a new sign-in in another host, and the late pair is revoked', async () => {
      const other = openInContainer();
      await other.configureApp();
      const again = await other.signIn();
      assert.equal(again.id, session.id);
      const late = await box.control.issuePair(SEED.clientId, SEED.userId);
      const kept = await window.storage.lock.withLock('session-x', (lease) =>
        window.sessions.keeper.keep(session, { ...late, issuedAt: window.clock.now() }, lease),
      );
      assert.equal(kept.pair.accessToken, again.pair.accessToken);
      await eventually(async () => !(await isAlive(late.accessToken)));
      assert.equal(await isAlive(again.pair.accessToken), true);
    });

    it('is given by then without waiting for Box to end the late pair', async () => {
      const other = openInContainer();
      await other.configureApp();
      const again = await other.signIn();
      const late = await box.control.issuePair(SEED.clientId, SEED.userId);
      await box.control.fault({ endpoint: 'revoke', kind: 'hang', times: 1 });
      const kept = await window.storage.lock.withLock('session-x', (lease) =>
        window.sessions.keeper.keep(session, { ...late, issuedAt: window.clock.now() }, lease),
      );
      assert.equal(kept.pair.accessToken, again.pair.accessToken);
      await eventually(async () => (await window.revocations.pending()).size === 1);
    });

    it('ends at once where nobody unseen can have stored a newer pair', async () => {
      await window.letTokensExpire();
      await box.control.revokeUser(SEED.userId);
      await assert.rejects(window.refresher.fresh(session), { code: 'ended' });
    });

    it('comes back when a pair is stored after the end', async () => {
      const pair = await box.control.issuePair(SEED.clientId, SEED.userId);
      await box.control.fault({
        endpoint: 'token',
        kind: 'json',
        status: 400,
        body: { error: 'invalid_grant' },
      });
      await assert.rejects(window.refresher.refreshNow(session), { code: 'ended' });
      const { lock } = window.storage;
      const { keeper } = window.sessions;
      const kept = await lock.withLock('session-x', (lease) =>
        keeper.keep(session, { ...pair, issuedAt: window.clock.now() }, lease),
      );
      assert.equal(kept.pair.accessToken, pair.accessToken);
      assert.equal(await token(window), pair.accessToken);
    });

    it('stays in the window, and with it what was made from it, when SecretStorage fails as another signs in', async () => {
      const child = await window.downscoped.exchange(session, ['item_preview']);
      await window.sessions.idle();
      window.secrets.fail('keys');
      await window.signIn({}, SEED.personalUserLogin).catch(() => undefined);
      await window.children.idle();
      assert.ok(window.store.find(session.id));
      assert.equal(await isAlive(child.accessToken), true);
    });

    it('keeps what was made from it when somebody signs in again in the middle of an exchange', async () => {
      const child = await window.downscoped.exchange(session, ['item_preview']);
      const before = (await box.control.requests({ endpoint: 'token' })).length;
      await box.control.fault({
        endpoint: 'token',
        grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
        kind: 'delay',
        delayMs: 300,
      });
      const exchanged = window.downscoped.exchange(session, ['item_download']);
      await eventually(async () => (await box.control.requests({ endpoint: 'token' })).length > before);
      await window.signIn();
      assert.equal(await isAlive((await exchanged).accessToken), true);
      assert.equal(await isAlive(child.accessToken), true);
    });

    it('is stored again as soon as SecretStorage takes it, though it refuses another key', async () => {
      window.secrets.fail('store');
      await window.downscoped.exchange(session, ['item_preview']);
      await window.children.stored();
      const { pair } = await window.refresher.refreshNow(session);
      window.secrets.heal();
      window.secrets.fail('store', (key) => key.startsWith('children/'));
      await eventually(
        () => window.secrets.values.get(`session/${session.id}`)?.includes(pair.accessToken) === true,
      );
    });

    it('stays when a sign-in in its place fails because the page is old', async () => {
      const browser = new BrowserStorage();
      const openPage = (): SessionWindow => {
        const { folder, clock } = machine();
        const served = new SharedMachine(new PageSecrets(browser));
        return open(Object.assign(served, { folder, clock, pages: browser.memory }));
      };
      const old = openPage();
      await old.configureApp();
      const signedIn = await old.signIn();
      await old.sessions.begin();
      const person = old.person(SEED.userLogin);
      const failed = old.userSignIn.run(old.request(), {
        ...person,
        openBrowser: async (url) => {
          const newer = openPage();
          await newer.sessions.begin();
          await newer.appSecrets.setClientSecret('another', newer.origins, 'a-secret');
          newer.dispose();
          return person.openBrowser(url);
        },
      });
      await assert.rejects(failed, { name: 'StaleWindowError' });
      assert.equal(old.storage.secrets.isSaved(`session/${signedIn.id}`), true);

      const newest = openPage();
      await newest.sessions.begin();
      assert.equal(newest.store.find(signedIn.id)?.pair?.accessToken, signedIn.pair.accessToken);
    });

    it('is in the hands of the window until a pair that nobody wants is stored to be revoked', async () => {
      await window.signIn();
      const late = await box.control.issuePair(SEED.clientId, SEED.userId);
      await window.storage.lock.withLock('session-x', (lease) =>
        window.sessions.keeper.keep(session, { ...late, issuedAt: window.clock.now() }, lease),
      );
      await window.sessions.idle();
      assert.equal(await isAlive(late.refreshToken), false);
    });

    it('S12: tidying leaves a sign-in alone that took the place of a revoked one', async () => {
      await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
      await passWaits(window.clock, window.signOut.revoke(session.id));
      await box.control.clearFaults();
      const again = await window.signIn();
      assert.equal(again.id, session.id);
      const other = open();
      await other.signOut.tidy();
      await other.sender.sendAll();
      await other.signOut.tidy();
      assert.equal(await token(other), again.pair.accessToken);
      assert.equal(await isAlive(mainToken(again.pair)), true);
      assert.equal(await isAlive(mainToken(session.pair)), false);
    });

    it('S18: no clock that is ahead for a minute drops a revocation or keeps a session from being renewed', async () => {
      await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
      await passWaits(window.clock, window.signOut.run(session.id));
      window.clock.wallError = 61 * DAY_MS;
      const ahead = await window.signIn();
      await passWaits(window.clock, window.sender.sendAll());
      window.clock.wallError = 0;
      assert.equal((await window.revocations.pending()).size, 1);
      await box.control.clearFaults();
      const before = await refreshes();
      window.sessions.idleKeeper.begin();
      await window.clock.advance(10 * MINUTE_MS);
      await eventually(async () => (await refreshes()) === before + 1);
      await window.refresher.idle();
      assert.notEqual(window.store.find(ahead.id)?.pair?.issuedAt, ahead.pair.issuedAt);
    });
  });

  describe('nobody waits for a token that is here', () => {
    it('S7: four windows get the live token after two seconds while Box hangs in its margin', async () => {
      const windows = [window, open(), open(), open()];
      await Promise.all(windows.map(({ store }) => store.load()));
      window.clock.jump(56 * MINUTE_MS);
      await box.control.fault(HANGS);
      const asked = Promise.all(windows.map(token));
      await letWait(2000, windows.length);
      assert.deepEqual(
        await asked,
        windows.map(() => session.pair.accessToken),
      );
      await eventually(async () => (await hung()) > 0);
      assert.equal(await hung(), 1);
    });

    it('goes on waiting for the new token where the old one ends meanwhile', async () => {
      window.clock.jump(56 * MINUTE_MS);
      await box.control.fault(HANGS);
      const asked = assert.rejects(window.refresher.fresh(session), { code: 'no_token_in_time' });
      await isSent();
      window.clock.jump(5 * MINUTE_MS);
      await letWait(2000);
      await letWait(50_000);
      await asked;
    });

    it('waits for a token that is needed no longer than 50 seconds', async () => {
      const other = open();
      await other.store.load();
      await window.letTokensExpire();
      await box.control.fault(HANGS);
      void window.refresher.fresh(session).catch(() => undefined);
      await isSent();
      const asked = assert.rejects(other.refresher.fresh(session), { code: 'no_token_in_time' });
      await letWait(50_000, 2);
      await asked;
    });

    it('takes the failure of whoever held the lock as the answer to an older question', async () => {
      const other = open();
      await other.store.load();
      await window.letTokensExpire();
      await box.control.fault({ endpoint: 'token', kind: 'status', status: 503, times: -1 });
      const sent = async (): Promise<number> => (await box.control.requests({ endpoint: 'token' })).length;
      const before = await sent();
      const asking = [window, other].map(stampTaken);
      const both = [window, other].map((each) => each.refresher.fresh(session));
      await Promise.all(asking);
      const results = await passWaits(window.clock, Promise.allSettled(both));
      for (const result of results) {
        assert.ok(result.status === 'rejected');
        assert.equal(Reflect.get(result.reason as Error, 'status'), 503);
      }
      // The holder of the lock tries three times; the other window not once.
      assert.equal((await sent()) - before, 3);
    });
  });

  it('gives no label twice, though the labels that were given cannot be read', async () => {
    const later = open();
    later.secrets.fail('get', (key) => key.startsWith('account/'));
    await assert.rejects(later.signIn({}, SEED.personalUserLogin), { code: 'secret_storage_failed' });
  });

  it('S17: a damaged session is said, and removed and revoked with its app', async () => {
    const key = `session/${session.id}`;
    const text = window.secrets.values.get(key) ?? '';
    const other = open();
    other.secrets.values.set(key, text.slice(0, -20));
    assert.deepEqual(await other.store.all(), []);
    assert.equal((await other.sessions.damaged.all()).length, 1);
    await other.removeApp(SEED.clientId);
    await eventually(async () => (await liveRefreshTokens()) === 0);
    assert.deepEqual(other.secrets.keysBelow('set-aside/'), []);
  });

  it('S22: nothing is new about sessions that are stored when a window starts', async () => {
    const next = open();
    let events = 0;
    next.provider.onDidChangeSessions(() => (events += 1));
    assert.equal(await token(next), session.pair.accessToken);
    assert.deepEqual(next.changedIds(), { added: [], removed: [], changed: [] });
    assert.equal(events, 0);
  });

  it('reads few secrets for a refresh and for a sign-in, however many sessions there are', async () => {
    for (const scopes of [['root_readonly'], ['root_readwrite'], ['manage_webhook']])
      await window.signIn({ scopes });
    const next = open();
    const reads: string[] = [];
    next.secrets.intercept = (operation, key) => {
      if (operation === 'get') reads.push(key);
    };
    await next.sessions.begin();
    await eventually(() => reads.some((key) => key.startsWith('account/')));
    assert.equal(new Set(reads).size, reads.length, 'loading reads each record once');
    reads.length = 0;
    await next.refresher.refreshNow(session);
    assert.ok(reads.length <= 6, `for a refresh: ${reads.join(', ')}`);
    reads.length = 0;
    await next.signIn({ scopes: ['root_readonly', 'manage_webhook'] });
    assert.ok(reads.length <= 6, `for a sign-in: ${reads.join(', ')}`);
  });
});
