import assert from 'node:assert/strict';
import * as v from 'valibot';
import { IdleSessionKeeper } from '../../../../src/sessions/background/idleSessionKeeper';
import {
  SESSION_KIND,
  type LiveSession,
  type SessionRecord,
} from '../../../../src/sessions/store/sessionRecord';
import { useEmulatedBox } from '../../support/emulatedBox';
import { settle } from '../../support/fakeClock';
import { eventually } from '../../support/eventually';
import { SERVER_KINDS, ServerSessions, liveOf, passTime } from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

for (const kind of SERVER_KINDS) {
  describe(`TokenRefresher with a session of the kind ${kind.credential}`, () => {
    const box = useEmulatedBox();
    const machine = useMachine();
    const server = new ServerSessions(box, kind);
    let window: SessionWindow;
    let session: LiveSession;

    beforeEach(async () => {
      window = new SessionWindow(box, machine());
      await server.configure(window);
      session = await server.signIn(window);
      window.forgetChanges();
    });

    const stored = (): SessionRecord =>
      v.parse(SESSION_KIND.schema, window.secrets.valueOf(`session/${session.id}`));
    /** How many tokens were asked for after the sign-in. */
    const renewals = async (): Promise<number> => (await server.tokenRequests()) - 1;
    const pass = (ms: number): Promise<void> => passTime(window, box, ms);

    it('gives the same token without a request until five minutes are left', async () => {
      await pass(55 * MINUTE_MS - 5000);
      assert.equal((await window.refresher.fresh(session)).pair.accessToken, session.pair.accessToken);
      assert.equal(await renewals(), 0);
    });

    it('asks for another token when it is due, in one request and without a refresh token', async () => {
      await pass(55 * MINUTE_MS + 1000);
      const fresh = await window.refresher.fresh(session);
      assert.equal(await renewals(), 1);
      assert.equal((await box.control.counters()).refreshRequests, 0);
      assert.equal((await box.control.tokenInfo(fresh.pair.accessToken)).userId, session.user.id);
      assert.deepEqual([fresh.id, fresh.account], [session.id, session.account]);
      assert.equal(fresh.pair.refreshToken, undefined);
      assert.deepEqual(window.changedIds(), { added: [], removed: [], changed: [session.id] });
    });

    it('sends one request for a thousand callers at once, and gives all the same token', async () => {
      await pass(61 * MINUTE_MS);
      const results = await Promise.all(Array.from({ length: 1000 }, () => window.refresher.fresh(session)));
      assert.equal(new Set(results.map(({ pair }) => pair.accessToken)).size, 1);
      assert.equal(await renewals(), 1);
    });

    it('sends one request for two windows of one machine, whoever asks first', async () => {
      const windows = [window, new SessionWindow(box, machine())];
      await pass(61 * MINUTE_MS);
      const given = await Promise.all(windows.map(({ provider }) => provider.getSessions([], {})));
      assert.equal(new Set(given.flat().map(({ accessToken }) => accessToken)).size, 1);
      assert.equal(given.flat().length, 2);
      assert.equal(await renewals(), 1);
    });

    it('serves the old token while it lives when Box cannot be reached', async () => {
      await pass(57 * MINUTE_MS);
      await box.control.fault({ endpoint: 'token', kind: 'dropBefore', times: -1 });
      const fresh = await passWaits(window.clock, window.refresher.fresh(session));
      assert.equal(fresh.pair.accessToken, session.pair.accessToken);
    });

    for (const [status, name] of [
      [409, 'a conflict'],
      [429, 'a rate limit'],
      [503, 'an outage'],
    ] as const) {
      it(`keeps the session through ${name} (${status})`, async () => {
        await pass(61 * MINUTE_MS);
        await box.control.fault({ endpoint: 'token', kind: 'status', status, times: -1 });
        await assert.rejects(passWaits(window.clock, window.refresher.fresh(session)), { status });
        assert.deepEqual(stored(), session);
        assert.deepEqual(window.ended, []);
      });
    }

    it('keeps the session when Box answers invalid_grant, and goes on once that is mended', async () => {
      await pass(61 * MINUTE_MS);
      await box.control.putApp({ clientId: kind.clientId, enterpriseId: '1' });
      await assert.rejects(window.refresher.fresh(session), {
        error: 'invalid_grant',
        appName: kind.name,
      });
      assert.deepEqual(stored(), session);
      assert.deepEqual(window.ended, []);
      assert.deepEqual(window.changedIds(), { added: [], removed: [], changed: [] });
      const { enterpriseId } = server.app();
      assert.ok(enterpriseId !== undefined);
      await box.control.putApp({ clientId: kind.clientId, enterpriseId });
      const renewed = await window.refresher.refreshNow(session);
      assert.equal((await box.control.tokenInfo(renewed.pair.accessToken)).live, true);
    });

    it('asks for the app’s secrets when they are gone, and keeps the session', async () => {
      await pass(61 * MINUTE_MS);
      await window.forgetSecrets(kind.clientId);
      await assert.rejects(window.refresher.fresh(session), {
        code: kind.missing,
        appName: kind.name,
      });
      assert.deepEqual(stored(), session);
      assert.equal(await renewals(), 0);
      await server.configure(window);
      await window.refresher.fresh(session);
    });

    it('hands out copies with fifteen minutes or more', async () => {
      await pass(44 * MINUTE_MS);
      assert.equal((await window.refresher.freshToCopy(session)).pair.accessToken, session.pair.accessToken);
      await pass(2 * MINUTE_MS);
      const copied = await window.refresher.freshToCopy(session);
      assert.notEqual(copied.pair.accessToken, session.pair.accessToken);
      assert.ok(window.expiry.left(copied.pair) >= 15 * MINUTE_MS);
      assert.equal(await renewals(), 1);
    });

    it('gives another token on demand', async () => {
      const renewed = await window.refresher.refreshNow(session);
      assert.notEqual(renewed.pair.accessToken, session.pair.accessToken);
      assert.equal(await renewals(), 1);
    });

    it('asks with a clock that is wrong by minutes', async () => {
      await pass(50 * MINUTE_MS);
      for (const wallError of [10 * MINUTE_MS, -5 * MINUTE_MS]) {
        window.clock.wallError = wallError;
        const { pair } = await window.refresher.refreshNow(session);
        assert.equal((await box.control.tokenInfo(pair.accessToken)).live, true);
      }
    });

    it('is asked for ahead of time while somebody uses the session', async () => {
      await window.provider.getSessions([], {});
      await window.clock.advance(55 * MINUTE_MS);
      assert.equal(await renewals(), 0);
      await window.clock.advance(3 * MINUTE_MS);
      await eventually(() => window.changedIds().changed.length === 1);
      const [given] = await window.provider.getSessions([], {});
      assert.notEqual(given?.accessToken, session.pair.accessToken);
    });

    it('is never asked for unasked, however long nobody uses it', async () => {
      const { store, refresher, clock, log } = window;
      const isWanted = (): boolean => true;
      const keeper = new IdleSessionKeeper({ store, refresher, clock, random: () => 0.5, isWanted, log });
      await pass(46 * DAY_MS);
      await window.clock.advance(2 * DAY_MS);
      await Promise.all([window.refresher.idle(), settle()]);
      keeper.dispose();
      assert.equal(await renewals(), 0);
      assert.deepEqual(stored(), session);
    });

    describe('that was renewed before its token ended', () => {
      let renewed: LiveSession;
      let tokens: string[];

      beforeEach(async () => {
        await pass(46 * MINUTE_MS);
        const copied = await window.refresher.freshToCopy(session);
        renewed = await window.refresher.refreshNow(copied);
        tokens = [session, copied, renewed].map(({ pair }) => pair.accessToken);
        assert.deepEqual(await liveOf(box, tokens), tokens);
      });

      it('ends every one of its tokens at Box when it is signed out', async () => {
        assert.deepEqual(await window.signOut.run(session.id), { state: 'revoked' });
        assert.deepEqual(await liveOf(box, tokens), []);
        assert.deepEqual(window.secrets.keysBelow('session/'), []);
        assert.deepEqual(window.secrets.keysBelow('revocation/'), []);
      });

      it('ends them later where Box cannot be told at once', async () => {
        await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
        const outcome = await passWaits(window.clock, window.signOut.run(session.id));
        assert.equal(outcome.state, 'pending');
        assert.deepEqual(await window.store.all(), []);
        await box.control.clearFaults();
        await new SessionWindow(box, machine()).sender.sendAll();
        assert.deepEqual(await liveOf(box, tokens), []);
        assert.deepEqual(window.secrets.keysBelow('revocation/'), []);
      });

      it('ends them all when it is revoked, and needs a new sign-in under the same id', async () => {
        await window.signOut.revoke(session.id);
        assert.deepEqual(await liveOf(box, tokens), []);
        assert.deepEqual([stored().pair, stored().ended], [null, 'revoked']);
        assert.deepEqual(stored().former ?? [], []);
        await assert.rejects(window.refresher.refreshNow(renewed), { code: 'ended' });
        assert.equal((await server.signIn(window)).id, session.id);
      });

      it('ends them all when its app is removed, and forgets the app’s secrets', async () => {
        await window.removeApp(kind.clientId);
        assert.deepEqual(await liveOf(box, tokens), []);
        assert.deepEqual(window.secrets.keysBelow('app/'), []);
      });

      it('uses its tokens no more when Box cannot be told of a revocation, and tells it later', async () => {
        await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
        const outcome = await passWaits(window.clock, window.signOut.revoke(session.id));
        assert.equal(outcome.state, 'pending');
        await window.signOut.idle();
        assert.deepEqual([stored().pair, stored().ended], [null, 'revoked']);
        assert.deepEqual(await liveOf(box, tokens), tokens);
        await box.control.clearFaults();
        await window.sender.sendAll();
        assert.deepEqual(await liveOf(box, tokens), []);
      });

      it('forgets former tokens an hour after they were replaced, when they have ended by themselves', async () => {
        const former = (): string[] => (stored().former ?? []).map(({ token }) => token);
        await pass(59 * MINUTE_MS);
        const again = await window.refresher.refreshNow(renewed);
        assert.deepEqual(former(), tokens);
        await pass(2 * MINUTE_MS);
        await window.refresher.refreshNow(again);
        assert.deepEqual(former().slice(0, -1), tokens.slice(2));
      });

      it('keeps former tokens that live, though the clock here is hours slow', async () => {
        window.clock.wallError = -2 * HOUR_MS;
        await window.refresher.refreshNow(renewed);
        await window.signOut.run(session.id);
        await window.signOut.idle();
        assert.deepEqual(await liveOf(box, await box.control.issuedSecrets()), []);
      });
    });

    it('does not undo a sign-out that came while a token was asked for, and ends that token', async () => {
      await pass(61 * MINUTE_MS);
      await box.control.fault({ endpoint: 'token', kind: 'delay', delayMs: 50 });
      const refresh = assert.rejects(window.refresher.fresh(session), { code: 'signed_out' });
      await eventually(async () => (await renewals()) === 1);
      await window.signOut.run(session.id);
      await refresh;
      assert.deepEqual(await window.store.all(), []);
      assert.deepEqual(await liveOf(box, await box.control.issuedSecrets()), []);
    });
  });
}

describe('TokenRefresher with a session of an app whose private key is gone', () => {
  const box = useEmulatedBox();
  const machine = useMachine();

  it('asks for the key, and keeps the session', async () => {
    const [, jwt] = SERVER_KINDS;
    assert.ok(jwt !== undefined);
    const server = new ServerSessions(box, jwt);
    const window = new SessionWindow(box, machine());
    await server.configure(window);
    const session = await server.signIn(window);
    await window.forgetSecrets(jwt.clientId);
    await window.appSecrets.setClientSecret(jwt.clientId, window.origins, jwt.clientSecret);
    await assert.rejects(window.refresher.refreshNow(session), {
      code: 'private_key_missing',
      appName: jwt.name,
    });
    assert.deepEqual(await window.store.all(), [session]);
    assert.equal(await server.tokenRequests(), 1);
  });
});
