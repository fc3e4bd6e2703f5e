import assert from 'node:assert/strict';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SignInError } from '../../../../src/signIn/errors';
import { StaleWindowError } from '../../../../src/storage/errors';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { settle } from '../../support/fakeClock';
import { eventually } from '../../support/eventually';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('DeveloperTokens', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let token: string;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    token = await makeToken();
  });

  /** A token as a person makes it in the Developer Console. */
  const makeToken = async (userId: string = SEED.userId): Promise<string> =>
    (await box.control.issuePair(SEED.clientId, userId)).accessToken;
  const add = (accessToken = token, signal = new AbortController().signal): Promise<LiveSession> =>
    window.developerTokens.add(accessToken, window.origins, signal);
  const endpoints = async (): Promise<string[]> =>
    (await box.control.requests()).map(({ endpoint }) => endpoint);
  const assertNothingKept = async (): Promise<void> => {
    assert.deepEqual(await window.store.all(), []);
    assert.deepEqual(window.secrets.keysBelow(''), []);
  };

  describe('add', () => {
    it('checks the token with users/me alone, and keeps it until an hour from now', async () => {
      const session = await add();
      assert.deepEqual(await endpoints(), ['usersMe']);
      assert.deepEqual(session.pair, {
        accessToken: token,
        expiresIn: 3600,
        issuedAt: window.clock.now(),
      });
      assert.equal(window.expiry.left(session.pair), HOUR_MS);
      assert.deepEqual(await window.store.all(), [session]);
      assert.deepEqual(window.changedIds(), { added: [session.id], removed: [], changed: [] });
    });

    it('names the account as one of a developer token, and leaves the plain one to a sign-in', async () => {
      await window.configureApp();
      const { account } = await add();
      assert.deepEqual(account, {
        id: `${SEED.userId}:developer-token`,
        label: `${SEED.userLogin} (Developer token)`,
      });
      assert.deepEqual((await window.signIn()).account, { id: SEED.userId, label: SEED.userLogin });
    });

    it('is given to other extensions as a session that has everything', async () => {
      const { id } = await add();
      for (const scopes of [undefined, [], ['root_readwrite']]) {
        const [given] = await window.provider.getSessions(scopes, {});
        assert.deepEqual([given?.id, given?.accessToken], [id, token]);
      }
    });

    it('keeps nothing of a token that Box does not accept', async () => {
      for (const bad of ['not a token of Box', 'x'.repeat(32)]) {
        await assert.rejects(add(bad), { name: 'ApiRefusedError', status: 401 });
      }
      await assertNothingKept();
    });

    it('keeps nothing while Box cannot be reached', async () => {
      await box.control.fault({ endpoint: 'usersMe', kind: 'dropBefore', times: -1 });
      await assert.rejects(passWaits(window.clock, add()), { code: 'unreachable' });
      await assertNothingKept();
    });

    it('keeps nothing when it is cancelled', async () => {
      await box.control.fault({ endpoint: 'usersMe', kind: 'hang' });
      const cancel = new AbortController();
      const adding = assert.rejects(add(token, cancel.signal), { code: 'cancelled' });
      await eventually(async () => (await endpoints()).includes('usersMe'));
      cancel.abort(new SignInError('cancelled'));
      await adding;
      await assertNothingKept();
    });

    it('keeps nothing when it is cancelled at the last moment', async () => {
      const cancel = new AbortController();
      window.secrets.intercept = (operation, key) => {
        if (operation === 'store' && key.startsWith('account/')) cancel.abort(new SignInError('cancelled'));
      };
      await assert.rejects(add(token, cancel.signal), { code: 'cancelled' });
      assert.deepEqual(await window.store.all(), []);
      assert.deepEqual(window.secrets.keysBelow('session/'), []);
    });

    it('sends nothing where the session could not be stored', async () => {
      window.ensureCurrent = () => Promise.reject(new StaleWindowError());
      await assert.rejects(add(), StaleWindowError);
      assert.deepEqual(await endpoints(), []);
    });

    it('puts a newer token of the same user in the place of the older', async () => {
      const first = await add();
      window.clock.jump(40 * MINUTE_MS);
      const second = await add(await makeToken());
      assert.deepEqual([second.id, second.account], [first.id, first.account]);
      assert.equal(window.expiry.left(second.pair), HOUR_MS);
      assert.deepEqual(await window.store.all(), [second]);
    });

    it('keeps tokens of two users side by side', async () => {
      await add();
      await add(await makeToken(SEED.personalUserId));
      assert.equal((await window.provider.getSessions([], {})).length, 2);
    });

    it('makes no token younger that is pasted again, in another window neither', async () => {
      const first = await add();
      window.clock.jump(40 * MINUTE_MS);
      assert.deepEqual((await add()).pair, first.pair);
      const other = new SessionWindow(box, machine());
      const again = await other.developerTokens.add(token, other.origins, new AbortController().signal);
      assert.deepEqual([again.id, again.pair], [first.id, first.pair]);
      assert.equal(other.expiry.left(again.pair), 20 * MINUTE_MS);
    });
  });

  describe('a session that it makes', () => {
    let session: LiveSession;

    beforeEach(async () => {
      session = await add();
    });

    /** Expects that no token was ever asked for or ended at Box. */
    const assertNeverAsked = async (): Promise<void> => {
      assert.deepEqual([...new Set(await endpoints())], ['usersMe']);
    };

    it('gives its token until its very end, and none after', async () => {
      window.clock.jump(HOUR_MS - 1000);
      for (const fresh of [window.refresher.fresh(session), window.refresher.freshToCopy(session)]) {
        assert.equal((await fresh).pair.accessToken, token);
      }
      window.clock.jump(1000);
      await assert.rejects(window.refresher.fresh(session), { code: 'ended' });
      assert.deepEqual(await window.provider.getSessions([], {}), []);
      await assertNeverAsked();
    });

    it('cannot be refreshed', async () => {
      const expected = { name: 'SessionError', code: 'not_renewable' };
      await assert.rejects(window.refresher.refreshNow(session), expected);
      assert.deepEqual(await window.store.all(), [session]);
      await assertNeverAsked();
    });

    it('cannot be revoked, and stays', async () => {
      const expected = { name: 'SessionError', code: 'not_revocable' };
      await assert.rejects(window.signOut.revoke(session.id), expected);
      assert.deepEqual(await window.store.all(), [session]);
      await assertNeverAsked();
    });

    it('is not refreshed ahead of time', async () => {
      window.proactive.used(session);
      await window.clock.advance(57 * MINUTE_MS);
      await Promise.all([window.refresher.idle(), settle()]);
      assert.deepEqual(window.ended, []);
      await assertNeverAsked();
    });

    it('is only removed when it is signed out: its token lives on at Box', async () => {
      window.forgetChanges();
      assert.deepEqual(await window.signOut.run(session.id), { state: 'left' });
      assert.deepEqual(await window.store.all(), []);
      assert.deepEqual(window.secrets.keysBelow('session/'), []);
      assert.deepEqual(window.secrets.keysBelow('revocation/'), []);
      assert.deepEqual(window.changedIds(), { added: [], removed: [session.id], changed: [] });
      assert.equal((await box.control.tokenInfo(token)).live, true);
      await assertNeverAsked();
    });

    it('leaves the tokens that it was exchanged for to end by themselves, too', async () => {
      const [narrow] = await window.provider.getSessions(['item_preview'], {});
      assert.ok(narrow !== undefined);
      await window.signOut.run(session.id);
      await settle();
      assert.deepEqual(await window.provider.getSessions(['item_preview'], {}), []);
      assert.equal(window.sessions.downscopedToken(narrow.id), undefined);
      assert.deepEqual(window.secrets.keysBelow('revocation/'), []);
      assert.deepEqual(await box.control.requests({ endpoint: 'revoke' }), []);
    });

    it('takes its account’s place again with the next token, once it has ended', async () => {
      window.clock.jump(HOUR_MS);
      await assert.rejects(window.refresher.fresh(session), { code: 'ended' });
      const next = await add(await makeToken());
      assert.deepEqual([next.id, next.account], [session.id, session.account]);
      assert.equal((await window.refresher.fresh(next)).pair.accessToken, next.pair.accessToken);
    });
  });
});
