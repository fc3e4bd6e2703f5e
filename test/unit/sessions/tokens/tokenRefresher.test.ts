import assert from 'node:assert/strict';
import { SessionError } from '../../../../src/sessions/errors';
import type { LiveSession, SessionRecord } from '../../../../src/sessions/store/sessionRecord';
import { StaleWindowError } from '../../../../src/storage/errors';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

const MINUTE_MS = 60_000;

describe('TokenRefresher', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let session: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    session = await window.signIn();
  });

  const stored = (): SessionRecord => window.secrets.valueOf(`session/${session.id}`) as SessionRecord;
  const refreshes = async (): Promise<number> => (await box.control.counters()).refreshRequests;

  describe('fresh', () => {
    it('gives a live token without a request until five minutes are left', async () => {
      window.clock.jump(55 * MINUTE_MS - 1000);
      assert.equal((await window.refresher.fresh(session)).pair.accessToken, session.pair.accessToken);
      assert.equal(await refreshes(), 0);
    });

    it('gives a new token when less than five minutes are left', async () => {
      window.clock.jump(55 * MINUTE_MS + 1000);
      assert.notEqual((await window.refresher.fresh(session)).pair.accessToken, session.pair.accessToken);
      assert.equal(await refreshes(), 1);
    });

    it('takes ten percent of a short life as the margin', async () => {
      await box.control.set({ accessTtl: 100 });
      const short = await window.refresher.refreshNow(session);
      window.clock.jump(89_000);
      assert.equal((await window.refresher.fresh(short)).pair.accessToken, short.pair.accessToken);
      window.clock.jump(2000);
      assert.notEqual((await window.refresher.fresh(short)).pair.accessToken, short.pair.accessToken);
    });

    it('gives what the session is now to somebody who has had it for long', async () => {
      const refreshed = await window.refresher.refreshNow(session);
      for (const given of [
        await window.refresher.fresh(session),
        await window.refresher.freshToCopy(session),
      ]) {
        assert.equal(given.pair.accessToken, refreshed.pair.accessToken);
      }
      await window.signOut.revoke(session.id);
      await assert.rejects(window.refresher.freshToCopy(session), { code: 'ended' });
      await window.signOut.run(session.id);
      await assert.rejects(window.refresher.fresh(session), { code: 'signed_out' });
      await assert.rejects(window.refresher.freshToCopy(session), { code: 'signed_out' });
    });

    it('copies no token that a refresh under way is about to end', async () => {
      const refreshing = window.refresher.refreshNow(session);
      const copied = await window.refresher.freshToCopy(session);
      assert.equal(copied.pair.accessToken, (await refreshing).pair.accessToken);
    });

    it('sends one request for a thousand callers at once, and gives all the same token', async () => {
      await window.letTokensExpire();
      const results = await Promise.all(Array.from({ length: 1000 }, () => window.refresher.fresh(session)));
      assert.equal(new Set(results.map(({ pair }) => pair.accessToken)).size, 1);
      assert.equal(await refreshes(), 1);
    });

    it('stores a new pair before anybody sees it', async () => {
      await window.letTokensExpire();
      const order: string[] = [];
      window.secrets.intercept = (operation) => void order.push(operation);
      window.store.onDidChange(() => order.push('shown'));
      await window.refresher.fresh(session).then(() => order.push('given'));
      assert.deepEqual(
        order.filter((step) => step !== 'get'),
        ['store', 'shown', 'given'],
      );
    });

    it('serves the old token while it lives when an early refresh fails', async () => {
      window.clock.jump(57 * MINUTE_MS);
      await box.control.fault({ endpoint: 'token', kind: 'dropBefore', times: -1 });
      const pending = window.refresher.fresh(session);
      await passRetries(window);
      assert.equal((await pending).pair.accessToken, session.pair.accessToken);
    });

    it('rejects while Box is unreachable and the token is dead, and keeps the session', async () => {
      await window.letTokensExpire();
      await box.control.fault({ endpoint: 'token', kind: 'dropBefore', times: -1 });
      const pending = assert.rejects(window.refresher.fresh(session), { code: 'unreachable' });
      await passRetries(window);
      await pending;
      assert.deepEqual(stored().pair, session.pair);
      await box.control.clearFaults();
      window.clock.jump(2000);
      assert.notEqual((await window.refresher.fresh(session)).pair.accessToken, session.pair.accessToken);
    });
  });

  it('asks again with the same refresh token when an answer got lost', async () => {
    await window.letTokensExpire();
    await box.control.fault({ endpoint: 'token', kind: 'dropAfter' });
    const pending = window.refresher.fresh(session);
    await window.clock.timer((ms) => ms < 2000);
    await window.clock.advance(2000);
    const { pair } = await pending;
    assert.equal((await box.control.tokenInfo(pair.accessToken)).live, true);
    const { refreshRepeats, refreshReuse } = await box.control.counters();
    assert.deepEqual({ refreshRepeats, refreshReuse }, { refreshRepeats: 1, refreshReuse: 0 });
  });

  for (const [status, name] of [
    [409, 'a conflict'],
    [429, 'a rate limit'],
    [500, 'a server error'],
    [503, 'an outage'],
  ] as const) {
    it(`never signs out because of ${name} (${status})`, async () => {
      await window.letTokensExpire();
      await box.control.fault({ endpoint: 'token', kind: 'status', status, times: -1 });
      const pending = assert.rejects(window.refresher.fresh(session), {
        code: 'unexpected_response',
        status,
      });
      await passRetries(window);
      await pending;
      assert.deepEqual(stored().pair, session.pair);
      assert.equal(window.ended.length, 0);
    });
  }

  it('never signs out because the client secret is wrong', async () => {
    await window.letTokensExpire();
    await window.configureApp('wrongwrongwrongwrongwrongwrongwr');
    await assert.rejects(window.refresher.fresh(session), {
      code: 'oauth_error',
      error: 'invalid_client',
      appName: SEED.appName,
    });
    assert.deepEqual(stored().pair, session.pair);
    await window.configureApp();
    await window.refresher.fresh(session);
  });

  it('asks for the client secret when it is gone, and keeps the session', async () => {
    await window.letTokensExpire();
    await window.forgetSecrets(SEED.clientId);
    await assert.rejects(window.refresher.fresh(session), { code: 'client_secret_missing' });
    assert.deepEqual(stored().pair, session.pair);
  });

  it('tells of an end with the very error that is thrown, by which it can be told once', async () => {
    await window.letTokensExpire();
    await box.control.revokeUser(SEED.userId);
    const told: unknown[] = [];
    window.refresher.onDidEnd((error) => told.push(error));
    const thrown: unknown[] = [];
    for (const asked of [window.refresher.fresh(session), window.refresher.refreshNow(session)]) {
      await asked.catch((error: unknown) => thrown.push(error));
    }
    assert.equal(told.length, 1);
    assert.deepEqual(
      thrown.map((error) => error === told[0]),
      [true, true],
    );
  });

  it('ends a session whose refresh token Box refuses: told once, kept as ended, no token left', async () => {
    await window.letTokensExpire();
    await box.control.revokeUser(SEED.userId);
    await assert.rejects(window.refresher.fresh(session), { code: 'ended' });
    await assert.rejects(window.refresher.fresh(session), { code: 'ended' });
    assert.equal(stored().pair, null);
    assert.deepEqual(
      window.ended.map(({ id }) => id),
      [session.id],
    );
    assert.equal(await refreshes(), 1);
  });

  it('adopts what another window stored instead of ending the session', async () => {
    await window.letTokensExpire();
    const newer = await box.control.issuePair(SEED.clientId, SEED.userId);
    await box.control.revokeUser(SEED.userId);
    const live = await box.control.issuePair(SEED.clientId, SEED.userId);
    assert.notEqual(newer.accessToken, live.accessToken);
    // The other window stores while this one's request is on its way.
    const { pair } = session;
    let reads = 0;
    window.secrets.intercept = (operation, key) => {
      if (operation !== 'get' || !key.startsWith('session/') || ++reads !== 2) return;
      window.secrets.putEarlier(key, {
        ...stored(),
        pair: { ...pair, ...live, issuedAt: window.clock.now() },
      });
    };
    assert.equal((await window.refresher.fresh(session)).pair.accessToken, live.accessToken);
    assert.equal(window.ended.length, 0);
  });

  it('uses what is stored now, not what the caller holds', async () => {
    const old = session;
    const newer = await window.refresher.refreshNow(session);
    window.clock.jump(-1);
    assert.equal(
      (await window.refresher.refreshWhen(old, () => false)).pair.accessToken,
      newer.pair.accessToken,
    );
    assert.equal(await refreshes(), 1);
  });

  it('does not undo a sign-out that came meanwhile, and revokes the pair that came too late', async () => {
    await window.letTokensExpire();
    await box.control.fault({ endpoint: 'token', kind: 'delay', delayMs: 50 });
    const refresh = assert.rejects(window.refresher.fresh(session), { code: 'signed_out' });
    const outcome = await window.signOut.run(session.id);
    await refresh;
    assert.equal(outcome.state, 'revoked');
    await window.signOut.idle();
    assert.deepEqual(window.secrets.keysBelow('session/'), []);
    assert.equal((await window.store.all()).length, 0);
    for (const token of (await box.control.issuedSecrets()).filter((secret) => secret.length === 64)) {
      assert.equal((await box.control.tokenInfo(token)).live, false);
    }
  });

  it('keeps a new pair in memory and says so when it cannot be stored', async () => {
    await window.letTokensExpire();
    window.secrets.fail('store');
    const first = await window.refresher.fresh(session);
    assert.equal(window.storageFailures.length, 1);
    window.clock.jump(58 * MINUTE_MS);
    const second = await window.refresher.fresh(first);
    assert.equal((await box.control.tokenInfo(second.pair.accessToken)).live, true);
    assert.equal(window.ended.length, 0);
  });

  it('asks for no new pair that this window could not store', async () => {
    await window.letTokensExpire();
    window.ensureCurrent = () => Promise.reject(new StaleWindowError());
    await assert.rejects(window.refresher.fresh(session), StaleWindowError);
    assert.equal(await refreshes(), 0);
    assert.deepEqual(stored().pair, session.pair);
  });

  it('gives a new pair on demand, in one request', async () => {
    const refreshed = await window.refresher.refreshNow(session);
    assert.equal(refreshed.id, session.id);
    assert.notEqual(refreshed.pair.refreshToken, session.pair.refreshToken);
    assert.equal(await refreshes(), 1);
    assert.equal((await box.control.requests()).filter(({ endpoint }) => endpoint === 'usersMe').length, 1);
  });

  it('refuses a session that was signed out', async () => {
    await window.signOut.run(session.id);
    await assert.rejects(
      window.refresher.refreshNow(session),
      (error) => error instanceof SessionError && error.code === 'signed_out',
    );
  });
});

/** Lets every wait between attempts pass. */
async function passRetries(window: SessionWindow): Promise<void> {
  for (const longest of [2000, 4000]) {
    await window.clock.timer((ms) => ms < 14_000);
    await window.clock.advance(longest);
  }
}
