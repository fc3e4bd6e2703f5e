import assert from 'node:assert/strict';
import type { BoxApp } from '../../../../src/apps/app';
import { SignInError } from '../../../../src/signIn/errors';
import { StaleWindowError } from '../../../../src/storage/errors';
import { SEED } from '../../../emulator/src';
import { jwtApp } from '../../box/serverApps';
import { useEmulatedBox } from '../../support/emulatedBox';
import { eventually } from '../../support/eventually';
import { settle } from '../../support/fakeClock';
import {
  AS_SERVICE_ACCOUNT,
  AS_USER,
  SERVER_KINDS,
  ServerSessions,
  liveTokens,
} from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

describe('ServerSignIn', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
  });

  const endpoints = async (): Promise<string[]> =>
    (await box.control.requests()).map(({ endpoint }) => endpoint);

  const assertNothingKept = async (): Promise<void> => {
    assert.deepEqual(window.secrets.keysBelow('session/'), []);
    assert.deepEqual(await window.store.all(), []);
    assert.deepEqual(window.changedIds(), { added: [], removed: [], changed: [] });
    assert.deepEqual(await liveTokens(box), []);
  };

  for (const kind of SERVER_KINDS) {
    describe(`with an app of the kind ${kind.credential}`, () => {
      const server = new ServerSessions(box, kind);

      beforeEach(() => server.configure(window));

      it('makes a session of the service account, named after the app, in two requests', async () => {
        const session = await server.signIn(window);
        assert.deepEqual(await endpoints(), ['token', 'usersMe']);
        assert.equal(await server.tokenRequests(), 1);
        assert.equal(session.account.label, `Service account (${kind.name})`);
        assert.equal(session.account.id, session.user.id);
        assert.match(session.user.login, /^AutomationUser_/);
        assert.equal(session.pair.refreshToken, undefined);
        assert.equal((await box.control.tokenInfo(session.pair.accessToken)).userId, session.user.id);
        assert.deepEqual(window.changedIds(), { added: [session.id], removed: [], changed: [] });
      });

      it('makes a session of the user that the settings name, under the login', async () => {
        const session = await server.signIn(window, AS_USER);
        assert.deepEqual(session.account, { id: SEED.userId, label: SEED.userLogin });
        assert.equal((await box.control.tokenInfo(session.pair.accessToken)).userId, SEED.userId);
        assert.equal(session.pair.refreshToken, undefined);
      });

      it('acts as the user where the settings name an enterprise too', async () => {
        const session = await server.signIn(window, { ...AS_SERVICE_ACCOUNT, ...AS_USER });
        assert.equal(session.user.id, SEED.userId);
      });

      it('gives the user’s second app an account of its own, whichever signed in first', async () => {
        await window.signIn();
        const { account } = await server.signIn(window, AS_USER);
        assert.deepEqual(account, {
          id: `${SEED.userId}:${kind.clientId}`,
          label: `${SEED.userLogin} (${kind.name})`,
        });
        assert.equal((await window.provider.getSessions(undefined, {})).length, 2);
      });

      it('leaves a sign-in with a browser that comes second an account of its own', async () => {
        await server.signIn(window, AS_USER);
        const { account } = await window.signIn();
        assert.deepEqual(account, {
          id: `${SEED.userId}:${SEED.clientId}`,
          label: `${SEED.userLogin} (${SEED.appName})`,
        });
      });

      it('replaces a session of the same app, subject and scopes in place', async () => {
        const first = await server.signIn(window);
        window.forgetChanges();
        const second = await server.signIn(window);
        assert.deepEqual([second.id, second.account], [first.id, first.account]);
        assert.notEqual(second.pair.accessToken, first.pair.accessToken);
        assert.deepEqual(window.changedIds(), { added: [], removed: [], changed: [first.id] });
      });

      it('keeps a service account and a user of the same app apart', async () => {
        const sessions = [await server.signIn(window), await server.signIn(window, AS_USER)];
        assert.equal(new Set(sessions.map(({ id }) => id)).size, 2);
        assert.equal(new Set(sessions.map(({ account }) => account.id)).size, 2);
      });

      const wanting: [string, Partial<BoxApp>, string][] = [
        ['neither enterprise nor user is named', {}, 'subject_missing'],
        ['B6: the account has no enterprise', { enterpriseId: '0' }, 'no_enterprise'],
        ['no secret of the app is stored', AS_SERVICE_ACCOUNT, kind.missing],
      ];
      for (const [what, changes, code] of wanting) {
        it(`asks nothing of Box where ${what}`, async () => {
          if (code === kind.missing) await window.forgetSecrets(kind.clientId);
          await assert.rejects(server.signIn(window, changes), {
            name: 'SessionError',
            code,
            appName: kind.name,
          });
          assert.deepEqual(await endpoints(), []);
          await assertNothingKept();
        });
      }

      it('asks nothing of Box where the session could not be stored', async () => {
        window.ensureCurrent = () => Promise.reject(new StaleWindowError());
        await assert.rejects(server.signIn(window), StaleWindowError);
        assert.deepEqual(await endpoints(), []);
      });

      it('says which app Box refuses, and keeps nothing', async () => {
        await box.control.putApp({ clientId: kind.clientId, enabledByAdmin: false });
        await assert.rejects(server.signIn(window), {
          name: 'OAuthError',
          error: 'unauthorized_client',
          appName: kind.name,
        });
        await assertNothingKept();
      });

      it('tells an enterprise that is not the app’s as what Box answers', async () => {
        await assert.rejects(server.signIn(window, { enterpriseId: '1' }), {
          error: 'invalid_grant',
          appName: kind.name,
        });
        await assertNothingKept();
      });

      it('tells a user whom the app may not act as as what Box answers', async () => {
        await box.control.putApp({ clientId: kind.clientId, userAccessTokens: false });
        await assert.rejects(server.signIn(window, AS_USER), { error: 'invalid_request' });
        await assertNothingKept();
      });

      it('revokes the token where users/me stays unreachable', async () => {
        await box.control.fault({ endpoint: 'usersMe', kind: 'status', status: 503, times: -1 });
        await assert.rejects(passWaits(window.clock, server.signIn(window)), {
          code: 'unexpected_response',
          appName: kind.name,
        });
        assert.equal((await box.control.counters()).revocations, 1);
        await assertNothingKept();
      });

      it('keeps nothing of a sign-in that is cancelled after Box gave the token, and revokes it', async () => {
        const cancel = new AbortController();
        await box.control.fault({ endpoint: 'usersMe', kind: 'hang' });
        const signIn = assert.rejects(server.signIn(window, AS_SERVICE_ACCOUNT, cancel.signal), {
          code: 'cancelled',
        });
        await eventually(async () => (await endpoints()).includes('usersMe'));
        cancel.abort(new SignInError('cancelled'));
        await signIn;
        assert.equal((await box.control.counters()).revocations, 1);
        assert.deepEqual(window.secrets.keysBelow('revocation/'), []);
        await assertNothingKept();
      });

      it('keeps the revocation of a cancelled sign-in for later where Box cannot be reached', async () => {
        const cancel = new AbortController();
        await box.control.fault({ endpoint: 'usersMe', kind: 'hang' });
        await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
        const waiting = server.signIn(window, AS_SERVICE_ACCOUNT, cancel.signal);
        const signIn = assert.rejects(passWaits(window.clock, waiting), { code: 'cancelled' });
        await eventually(async () => (await endpoints()).includes('usersMe'));
        cancel.abort(new SignInError('cancelled'));
        await signIn;
        assert.equal((await window.revocations.pending()).size, 1);
        await box.control.clearFaults();
        await window.sender.sendAll();
        await assertNothingKept();
      });

      it('keeps nothing of a sign-in that is cancelled at the last moment', async () => {
        const cancel = new AbortController();
        window.secrets.intercept = (operation, key) => {
          if (operation === 'store' && key.startsWith('account/')) cancel.abort(new SignInError('cancelled'));
        };
        await assert.rejects(server.signIn(window, AS_SERVICE_ACCOUNT, cancel.signal), { code: 'cancelled' });
        await assertNothingKept();
      });

      it('is waited for when the window closes, until its token is kept or revoked', async () => {
        const cancel = new AbortController();
        await box.control.fault({ endpoint: 'usersMe', kind: 'hang' });
        const signIn = assert.rejects(server.signIn(window, AS_SERVICE_ACCOUNT, cancel.signal));
        await eventually(async () => (await endpoints()).includes('usersMe'));
        let isIdle = false;
        const closing = window.sessions.idle().then(() => (isIdle = true));
        await settle();
        assert.equal(isIdle, false);
        cancel.abort(new SignInError('cancelled'));
        await closing;
        assert.equal((await box.control.counters()).revocations, 1);
        await signIn;
      });

      it('asks nothing of Box once it is cancelled', async () => {
        await assert.rejects(
          server.signIn(window, AS_SERVICE_ACCOUNT, AbortSignal.abort(new SignInError('cancelled'))),
          { code: 'cancelled' },
        );
        assert.deepEqual(await endpoints(), []);
        await assertNothingKept();
      });

      it('signs in with a clock that is wrong', async () => {
        for (const wallError of [-10 * 60_000, 10 * 60_000]) {
          window.clock.wallError = wallError;
          const { pair } = await server.signIn(window);
          assert.equal((await box.control.tokenInfo(pair.accessToken)).live, true);
        }
      });
    });
  }

  it('tells the service accounts of apps with the same name apart', async () => {
    const labels: string[] = [];
    for (const kind of SERVER_KINDS) {
      const server = new ServerSessions(box, kind);
      await server.configure(window);
      labels.push((await server.signIn(window, { ...AS_SERVICE_ACCOUNT, name: 'Robot' })).account.label);
    }
    assert.deepEqual(labels, ['Service account (Robot)', `Service account (Robot, ${SEED.jwtClientId})`]);
  });

  it('asks nothing of Box for a JWT app whose private key is not stored', async () => {
    const [, jwt] = SERVER_KINDS;
    assert.ok(jwt !== undefined);
    await window.appSecrets.setClientSecret(jwt.clientId, window.origins, jwt.clientSecret);
    await assert.rejects(new ServerSessions(box, jwt).signIn(window), {
      code: 'private_key_missing',
      appName: jwt.name,
    });
    assert.deepEqual(await endpoints(), []);
    await assertNothingKept();
  });

  it('asks nothing of Box for a JWT app whose key does not open', async () => {
    const [, jwt] = SERVER_KINDS;
    assert.ok(jwt !== undefined);
    const { privateKey, publicKeyId = '' } = (await jwtApp(box)).key;
    const key = { privateKey, passphrase: 'not the passphrase', publicKeyId };
    await window.appSecrets.setJwtKey(jwt.clientId, window.origins, jwt.clientSecret, key);
    await assert.rejects(new ServerSessions(box, jwt).signIn(window), {
      name: 'JwtKeyError',
      code: 'wrong_passphrase',
    });
    assert.deepEqual(await endpoints(), []);
    await assertNothingKept();
  });
});
