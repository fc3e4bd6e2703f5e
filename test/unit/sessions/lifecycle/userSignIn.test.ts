import assert from 'node:assert/strict';
import { mainToken, type SessionRecord } from '../../../../src/sessions/store/sessionRecord';
import type { AuthorizationWindow, UsableAnswer } from '../../../../src/signIn/authorization';
import { SignInError } from '../../../../src/signIn/errors';
import { SEED, Visitor } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { settle } from '../../support/fakeClock';
import { assertHoldsNoSecret } from '../../support/secrecy';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

const SECOND_APP = { clientId: 'secondappclientid000000000000002', name: 'Second App' };

describe('UserSignIn', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
  });

  const addSecondApp = async (): Promise<void> => {
    const { clientSecret } = SEED;
    await box.control.putApp({
      ...SECOND_APP,
      clientSecret,
      redirectUris: [`${box.origin}/redirect`],
      scopes: ['root_readonly', 'root_readwrite'],
    });
    await window.appSecrets.setClientSecret(SECOND_APP.clientId, window.origins, clientSecret);
  };
  const secondApp = { ...SECOND_APP, authMethod: 'oauth2' as const, scopes: [] };

  it('makes a session with two requests: token and users/me', async () => {
    const session = await window.signIn();
    const sent = (await box.control.requests()).map(({ endpoint }) => endpoint);
    assert.deepEqual(
      sent.filter((endpoint) => endpoint === 'token' || endpoint === 'usersMe'),
      ['token', 'usersMe'],
    );
    assert.deepEqual(session.user, {
      id: SEED.userId,
      login: SEED.userLogin,
      name: SEED.userName,
      enterprise: { id: SEED.enterpriseId, name: SEED.enterpriseName },
    });
    assert.deepEqual(session.account, { id: SEED.userId, label: SEED.userLogin });
    assert.deepEqual(session.scopes, []);
  });

  describe('with a code that was pasted bare', () => {
    /** Signs in with a pasted code, for which the person confirms the account or not. */
    const signInBare = (isConfirmed: boolean, asked: string[]): Promise<SessionRecord> => {
      let accept: (answer: UsableAnswer) => void;
      const person: AuthorizationWindow = {
        ...window.person(SEED.userLogin),
        paste: () =>
          new Promise((resolve) => {
            accept = resolve;
          }),
        openBrowser: async (url) => {
          const callback = new URL(await new Visitor().authorize(url, SEED.userLogin));
          accept({ kind: 'bareCode', code: callback.searchParams.get('code') ?? '' });
          return true;
        },
        confirmAccount: (login) => {
          asked.push(login);
          return Promise.resolve(isConfirmed);
        },
      };
      return window.userSignIn.run(window.request(), person);
    };

    it('asks whether the account is the right one', async () => {
      const asked: string[] = [];
      const session = await signInBare(true, asked);
      assert.deepEqual([asked, session.user.login], [[SEED.userLogin], SEED.userLogin]);
    });

    it('keeps nothing of an account that is not, and ends its tokens', async () => {
      await assert.rejects(signInBare(false, []), new SignInError('other_account'));
      assert.deepEqual(window.secrets.keysBelow('session/'), []);
      for (const secret of await box.control.issuedSecrets()) {
        assert.equal((await box.control.tokenInfo(secret)).live, false);
      }
    });
  });

  it('makes a session of a personal account without an enterprise', async () => {
    for (const personalEnterprise of ['absent', 'null'] as const) {
      await box.control.set({ personalEnterprise });
      const session = await window.signIn({}, SEED.personalUserLogin);
      assert.equal(session.user.enterprise, undefined);
    }
  });

  it('stores one secret for each session and fires added', async () => {
    const dana = await window.signIn();
    const sam = await window.signIn({}, SEED.personalUserLogin);
    assert.deepEqual(
      window.secrets.keysBelow('session/').sort(),
      [`session/${dana.id}`, `session/${sam.id}`].sort(),
    );
    assert.deepEqual(window.changedIds(), { added: [dana.id, sam.id], removed: [], changed: [] });
  });

  it('replaces a session of the same app, user and scopes in place, without revoking the old pair', async () => {
    const first = await window.signIn({ scopes: ['root_readonly'] });
    window.forgetChanges();
    const second = await window.signIn({ scopes: ['root_readonly'] });
    assert.equal(second.id, first.id);
    assert.deepEqual(window.changedIds(), { added: [], removed: [], changed: [first.id] });
    assert.equal((await box.control.tokenInfo(mainToken(first.pair))).live, true);
    assert.equal((await box.control.counters()).revocations, 0);
  });

  it('adds a session for other scopes, in the same account', async () => {
    const all = await window.signIn();
    const some = await window.signIn({ scopes: ['root_readonly'] });
    assert.notEqual(some.id, all.id);
    assert.deepEqual(some.account, all.account);
    assert.deepEqual(some.scopes, ['root_readonly']);
  });

  it('gives a further app of the user an account of its own', async () => {
    await addSecondApp();
    await window.signIn();
    const { account } = await window.signIn({ app: secondApp });
    assert.deepEqual(account, {
      id: `${SEED.userId}:${SECOND_APP.clientId}`,
      label: `${SEED.userLogin} (${SECOND_APP.name})`,
    });
  });

  it('never gives the label of a signed-out account to another', async () => {
    await addSecondApp();
    const first = await window.signIn();
    await window.signOut.run(first.id);
    const second = await window.signIn({ app: secondApp });
    assert.equal(second.account.label, `${SEED.userLogin} (${SECOND_APP.name})`);
    assert.deepEqual((await window.signIn()).account, first.account);
  });

  it('never gives the login that another user had to his successor', async () => {
    await window.signIn();
    await box.control.putUser({ id: SEED.userId, login: 'dana.new@example.com' });
    await box.control.putUser({ id: '999', login: SEED.userLogin });
    const { account } = await window.signIn({}, SEED.userLogin);
    assert.deepEqual(account, { id: '999', label: `${SEED.userLogin} (${SEED.appName})` });
  });

  it('keeps the account’s label while it has sessions, though the login changed', async () => {
    const { account } = await window.signIn();
    await box.control.putUser({ id: SEED.userId, login: 'dana.new@example.com' });
    const other = await window.signIn({ scopes: ['root_readonly'] }, 'dana.new@example.com');
    assert.deepEqual(other.account, account);
    assert.equal(other.user.login, 'dana.new@example.com');
  });

  it('revives an ended session under its id', async () => {
    const first = await window.signIn();
    await window.signOut.revoke(first.id);
    window.forgetChanges();
    const second = await window.signIn();
    assert.equal(second.id, first.id);
    assert.deepEqual(window.changedIds(), { added: [first.id], removed: [], changed: [] });
  });

  it('tries users/me again, and revokes the pair when it stays unreachable', async () => {
    await box.control.fault({ endpoint: 'usersMe', kind: 'status', status: 503 });
    const patient = window.signIn();
    await window.clock.timer((ms) => ms < 1000);
    await window.clock.advance(1000);
    const kept = await patient;
    assert.equal((await box.control.tokenInfo(kept.pair.accessToken)).live, true);

    await box.control.fault({ endpoint: 'usersMe', kind: 'status', status: 503, times: -1 });
    const failing = assert.rejects(window.signIn({ scopes: ['root_readonly'] }), {
      code: 'unexpected_response',
    });
    for (const wait of [1000, 2000, 4000]) {
      await window.clock.timer((ms) => ms < 4000);
      await window.clock.advance(wait);
    }
    await failing;
    const { revocations } = await box.control.counters();
    assert.equal(revocations, 1);
    assert.equal((await window.store.all()).length, 1);
  });

  it('revokes the pair when nothing can be read that this window has not read before', async () => {
    await window.signIn();
    const before = new Set(await box.control.issuedSecrets());
    const fresh = new SessionWindow(box, machine());
    machine().secrets.fail('get');
    await assert.rejects(fresh.signIn({ scopes: ['root_readonly'] }));
    const issued = (await box.control.issuedSecrets()).filter((secret) => !before.has(secret));
    const infos = await Promise.all(issued.map((secret) => box.control.tokenInfo(secret)));
    assert.ok(infos.some(({ kind }) => kind === 'refresh'));
    assert.ok(infos.every(({ live }) => !live));
  });

  it('ends at once when it is cancelled before Box answered, and keeps nothing', async () => {
    const cancel = new AbortController();
    const person = window.person(SEED.userLogin, cancel.signal);
    const waiting = window.userSignIn.run(window.request(), {
      ...person,
      openBrowser: () => new Promise<boolean>(() => undefined),
    });
    await settle();
    cancel.abort(new SignInError('cancelled'));
    await assert.rejects(waiting, { code: 'cancelled' });
    assert.equal((await window.store.all()).length, 0);
  });

  it('revokes the pair of a sign-in that was cancelled while it finished', async () => {
    const cancel = new AbortController();
    await box.control.fault({ endpoint: 'usersMe', kind: 'delay', delayMs: 30 });
    const person = window.person(SEED.userLogin, cancel.signal);
    const signIn = window.userSignIn.run(window.request(), {
      ...person,
      answered: () => {
        setImmediate(() => {
          cancel.abort(new SignInError('cancelled'));
        });
      },
    });
    await assert.rejects(signIn, { code: 'cancelled' });
    for (let done = false; !done;) done = (await box.control.counters()).revocations === 1;
    assert.equal(window.secrets.keysBelow('session/').length, 0);
  });

  it('says nothing secret in its log or in the errors of a wrong client secret', async () => {
    const clientSecret = 'wrongwrongwrongwrongwrongwrongwr';
    const error: unknown = await window.signIn({ clientSecret }).catch((reason: unknown) => reason);
    assert.match(String(error), /invalid_client/);
    await window.signIn();
    const secrets = [...(await box.control.issuedSecrets()), clientSecret];
    assertHoldsNoSecret([error, window.log.lines], secrets);
  });

  it('binds the session to the Box it was made for', async () => {
    const session = await window.signIn();
    window.origins = { account: 'https://other.example', api: 'https://other.example' };
    window.store.originsChanged();
    assert.deepEqual(await window.store.all(), []);
    assert.deepEqual(window.changedIds().removed, [session.id]);
    const kept = window.secrets.valueOf(`session/${session.id}`) as SessionRecord;
    assert.deepEqual(kept.pair, session.pair);
  });
});
