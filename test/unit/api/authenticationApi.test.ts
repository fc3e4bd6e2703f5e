import '../support/vscodeStub';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type {
  BoxAdvice,
  BoxAuthenticationApi,
  BoxRefusal,
  BoxTokenChange,
} from '../../../src/api/boxAuthenticationApi';
import { PERSONAL_STATES } from '../../../src/box/apiErrorAdvice';
import { Emitter } from '../../../src/common/emitter';
import { createApi, type ApiDependencies } from '../../../src/api/module';
import { adviceMessage } from '../../../src/ui/messages/adviceMessages';
import { SEED } from '../../emulator/src';
import { SERVER_KINDS, ServerSessions } from '../support/serverSessions';
import { SessionWindow, useMachine } from '../support/sessionWindow';
import { useEmulatedBox } from '../support/emulatedBox';
import { settle } from '../support/fakeClock';
import { anyText, SAME_VALUES } from '../support/property';
import { assertHoldsNoSecret } from '../support/secrecy';

const projectRoot = join(__dirname, '../../..');
const HOUR_MS = 3_600_000;
const INSUFFICIENT = 'Bearer realm="Service", error="insufficient_scope"';

describe('The API for other extensions', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let api: BoxAuthenticationApi;
  let changes: BoxTokenChange[];

  const open = (): [SessionWindow, BoxAuthenticationApi] => {
    const opened = new SessionWindow(box, machine());
    const { sessions, clock, log } = opened;
    const message: ApiDependencies['message'] = (...advice) => Promise.resolve(adviceMessage(...advice));
    return [
      opened,
      createApi({ sessions, clock, log, message, tokenChanged: new Emitter<BoxTokenChange>() }),
    ];
  };

  beforeEach(async () => {
    [window, api] = open();
    await window.configureApp();
    changes = [];
    api.onDidChangeToken((change) => changes.push(change));
  });

  const given = async (scopes: string[] = []): Promise<{ id: string; accessToken: string }> => {
    const [session] = await window.provider.getSessions(scopes, {});
    assert.ok(session);
    return session;
  };

  const explained = async (refusal: BoxRefusal): Promise<[string, string]> => {
    const { action, message } = await api.explain(refusal);
    return [action, message];
  };

  it('has version 1, three members, and nothing by which one could come to a token', async () => {
    const { pair } = await window.signIn();
    await window.provider.getSessions(['item_preview'], {});
    assert.deepEqual(Object.keys(api).sort(), ['explain', 'lifetimeLeft', 'onDidChangeToken', 'version']);
    assert.equal(api.version, 1);
    assert.ok(Object.isFrozen(api));
    assertHoldsNoSecret(api, [pair.accessToken, pair.refreshToken ?? pair.accessToken, SEED.clientSecret]);
  });

  it('is described by a file without imports but of VS Code’s types', () => {
    const text = readFileSync(join(projectRoot, 'src/api/boxAuthenticationApi.ts'), 'utf8');
    const imports = text.match(/^(import|export) .* from .*$/gm);
    assert.deepEqual(imports, ["import type * as vscode from 'vscode';"]);
  });

  it('is described in the example by the same file', () => {
    const copy = join(projectRoot, 'examples/list-root-folder/src/boxAuthenticationApi.ts');
    const original = join(projectRoot, 'src/api/boxAuthenticationApi.ts');
    assert.equal(readFileSync(copy, 'utf8'), readFileSync(original, 'utf8'));
  });

  describe('explain', () => {
    it('has a token that Box killed early replaced, with one refresh', async () => {
      await window.signIn();
      await box.control.expireAccessTokens();
      const session = await given();
      const [action, message] = await explained({ status: 401, session });
      assert.equal(action, 'refreshAndRetryOnce');
      assert.match(message, /Try again to get a new one/);
      const renewed = await given();
      assert.equal((await box.control.tokenInfo(renewed.accessToken)).live, true);
      assert.equal((await box.control.counters()).refreshRequests, 1);
    });

    it('asks for a new sign-in when the new token is refused too', async () => {
      await window.signIn();
      await explained({ status: 401, session: await given() });
      const [action, message] = await explained({ status: 401, session: await given() });
      assert.equal(action, 'signInAgain');
      assert.match(message, /Sign in again/);
    });

    it('asks for a new sign-in when Box has ended the session, and names the account', async () => {
      const session = await window.signIn();
      await box.control.revokeUser(SEED.userId);
      await assert.rejects(window.refresher.refreshNow(session));
      const handed = { id: session.id, accessToken: session.pair.accessToken };
      const [action, message] = await explained({ status: 401, session: handed });
      assert.equal(action, 'signInAgain');
      assert.ok(message.includes(SEED.userLogin));
    });

    it('never has a token replaced for a 403', async () => {
      await window.signIn();
      const session = await given();
      for (const wwwAuthenticate of [INSUFFICIENT, 'Bearer error="invalid_token"', undefined]) {
        await api.explain({ status: 403, wwwAuthenticate, session });
      }
      assert.equal((await given()).accessToken, session.accessToken);
    });

    it('names the missing scope, and where it is to be had', async () => {
      const everything = await window.signIn();
      const some = await window.signIn({ scopes: ['root_readonly'] });
      const refusal = {
        status: 403,
        wwwAuthenticate: INSUFFICIENT,
        request: { method: 'GET', url: '/2.0/webhooks' },
      };
      const of = async (session: typeof some): Promise<BoxAdvice> =>
        api.explain({ ...refusal, session: { id: session.id, accessToken: session.pair.accessToken } });

      const atBox = await of(everything);
      assert.deepEqual(atBox.action === 'askForScopes' && atBox.scopes, ['manage_webhook']);
      assert.match(atBox.message, /manage_webhook.*Example App.*Developer Console/);
      assert.match((await of(some)).message, /manage_webhook.*didn’t request/);
      assert.match(
        (await api.explain({ status: 403, wwwAuthenticate: INSUFFICIENT })).message,
        /is missing a scope/,
      );
    });

    it('does not send a person to the Developer Console for a token that was made to do less', async () => {
      await window.signIn();
      const session = await given(['item_preview']);
      const [action, message] = await explained({ status: 403, wwwAuthenticate: INSUFFICIENT, session });
      assert.equal(action, 'askForScopes');
      assert.match(message, /isn’t allowed to do this/);
    });

    it('E2: has a 401 end without the session whose token it could replace, and asks for that', async () => {
      await window.signIn();
      for (const session of [null, undefined, {} as never]) {
        const [action, message] = await explained({ status: 401, session });
        assert.equal(action, 'none');
        assert.match(message, /must pass the session/);
      }
      assert.equal((await box.control.counters()).refreshRequests, 0);
    });

    for (const given of [null, undefined, {}, 'text', { status: '401' }, { status: NaN }]) {
      it(`E3: never rejects, given ${inspect(given)}`, async () => {
        const [action, message] = await explained(given as never);
        assert.equal(action, 'none');
        assert.match(message, /has no HTTP status\. Report this to the extension’s author/);
      });
    }

    const { proxy: revoked, revoke } = Proxy.revocable([], {});
    revoke();
    const throwing = (name: string): object =>
      Object.defineProperty({ status: 404 }, name, { enumerable: true, get: () => assert.fail('read') });
    for (const [name, given, meaning] of [
      ['a status', throwing('status'), /has no HTTP status/],
      ['a session', throwing('session'), /didn’t find this item/],
      ['an ID', { status: 404, session: throwing('id') }, /didn’t find this item/],
      ['a URL', { status: 404, request: throwing('url') }, /didn’t find this item/],
      ['a code', throwing('code'), /didn’t find this item/],
      ['something unknown', throwing('other'), /didn’t find this item/],
      ['a header', { status: 404, wwwAuthenticate: revoked }, /didn’t find this item/],
      ['everything', revoked, /has no HTTP status/],
    ] as const) {
      it(`E3: never rejects, given what throws where ${name} is read`, async () => {
        assert.match((await explained(given as never))[1], meaning);
      });
    }

    it('B9: speaks of the service account that a downscoped session is of, also after its next token', async () => {
      const [kind] = SERVER_KINDS;
      assert.ok(kind !== undefined);
      const server = new ServerSessions(box, kind);
      await server.configure(window);
      const parent = await server.signIn(window);
      const session = await given(['item_preview']);
      assert.notEqual(session.id, parent.id);
      const expectAdvice = async (): Promise<void> => {
        const [action, message] = await explained({ status: 404, code: 'not_found', session });
        assert.equal(action, 'none');
        assert.match(message, /service account of/);
        assert.ok(message.includes(parent.user.login));
      };
      await expectAdvice();
      await window.refresher.refreshNow(parent);
      assert.equal(window.sessions.downscopedToken(session.id), undefined);
      await expectAdvice();
    });

    for (const state of PERSONAL_STATES) {
      it(`says what a person can do about ${state}`, async () => {
        const advice = await api.explain({ status: 403, code: state });
        assert.deepEqual(advice.action === 'askPerson' && advice.state, state);
        assert.match(advice.message, /\b(ask|sign in|connect|choose|follow)\b/i);
      });
    }

    it('says how long to wait', async () => {
      const advice = await api.explain({ status: 429, retryAfter: '90' });
      assert.deepEqual([advice.action, 'milliseconds' in advice && advice.milliseconds], ['wait', 90_000]);
      assert.match(advice.message, /Try again in 2 minutes/);
      assert.match((await api.explain({ status: 503 })).message, /busy/);
    });

    it('says who must mend a call that no session would help', async () => {
      const noToken = { status: 401, wwwAuthenticate: 'Bearer error="invalid_request"' };
      assert.match((await explained(noToken))[1], /author of the extension/);
      assert.match((await explained({ status: 404, code: 'not_found' }))[1], /didn’t find this item/);
      assert.match((await explained({ status: 200 }))[1], /didn’t refuse/);
    });

    it('explains anything without a token, link or placeholder in its message, and does not reject', async () => {
      const { pair, id } = await window.signIn();
      const secrets = [pair.accessToken, pair.refreshToken ?? pair.accessToken];
      const text = fc.oneof(anyText, fc.constantFrom(INSUFFICIENT, pair.accessToken, '[a](command:b)'));
      const refusal = fc.record({
        status: fc.constantFrom(0, 200, 400, 401, 403, 404, 429, 500, NaN),
        wwwAuthenticate: fc.oneof(
          text,
          text.map((scope) => `${INSUFFICIENT}, scope="${scope}"`),
        ),
        code: text,
        retryAfter: text,
        session: fc.record({
          id: fc.constantFrom(id, 'other'),
          accessToken: fc.constantFrom('other', 'more'),
        }),
      });
      await fc.assert(
        fc.asyncProperty(refusal, async (each) => {
          const { message } = await api.explain(each);
          assert.match(message, /^[\p{L}\d].{20,}[.]$/u);
          assert.doesNotMatch(message, /\{\d\}|undefined|\[object|\]\(/);
          assertHoldsNoSecret(message, secrets);
        }),
        SAME_VALUES,
      );
    });
  });

  describe('lifetimeLeft', () => {
    it('counts down, to 0 when the token is refused or has ended', async () => {
      const { id } = await window.signIn();
      assert.equal(api.lifetimeLeft(id), HOUR_MS);
      window.clock.jump(1000);
      assert.equal(api.lifetimeLeft(id), HOUR_MS - 1000);
      await api.explain({ status: 401, session: await given() });
      assert.equal(api.lifetimeLeft(id), 0);
      await given();
      assert.equal(api.lifetimeLeft(id), HOUR_MS);
      window.clock.jump(2 * HOUR_MS);
      assert.equal(api.lifetimeLeft(id), 0);
    });

    it('is that of a downscoped session too', async () => {
      await window.signIn();
      const { id } = await given(['item_preview']);
      assert.equal(api.lifetimeLeft(id), HOUR_MS);
    });

    it('is unknown for a session that has ended, was signed out, or never was', async () => {
      const session = await window.signIn();
      await window.signOut.revoke(session.id);
      assert.equal(api.lifetimeLeft(session.id), undefined);
      const again = await window.signIn();
      await window.signOut.run(again.id);
      assert.equal(api.lifetimeLeft(again.id), undefined);
      assert.equal(api.lifetimeLeft('never'), undefined);
    });
  });

  describe('onDidChangeToken', () => {
    const change = (sessionId: string, scopes: string[] = []): BoxTokenChange => ({
      sessionId,
      account: { id: SEED.userId, label: SEED.userLogin },
      scopes,
    });

    it('fires for a refresh, here and in another window, and not for a sign-in', async () => {
      const session = await window.signIn({ scopes: ['root_readonly'] });
      const [other] = open();
      await other.store.load();
      assert.deepEqual(changes, []);
      const renewed = await window.refresher.refreshNow(session);
      assert.deepEqual(changes, [change(session.id, ['root_readonly'])]);
      await other.refresher.refreshNow(renewed);
      await settle();
      assert.equal(changes.length, 2);
    });

    it('does not fire for a session that VS Code is only told of because another was signed out', async () => {
      const one = await window.signIn({ scopes: ['root_readonly'] });
      const two = await window.signIn();
      window.forgetChanges();
      await window.signOut.run(one.id);
      assert.deepEqual(window.changedIds().changed, [two.id]);
      assert.deepEqual(changes, []);
    });

    it('fires when a session comes back after it ended', async () => {
      const session = await window.signIn();
      await window.signOut.revoke(session.id);
      assert.deepEqual(changes, []);
      await window.signIn();
      assert.deepEqual(changes, [change(session.id)]);
    });

    it('gives copies of what is kept', async () => {
      const session = await window.signIn({ scopes: ['root_readonly'] });
      let isKept = true;
      api.onDidChangeToken(({ scopes, account }) => {
        const kept = window.store.known()[0];
        isKept = scopes === kept?.scopes || account === kept?.account;
      });
      await window.refresher.refreshNow(session);
      assert.equal(isKept, false);
    });
  });
});
