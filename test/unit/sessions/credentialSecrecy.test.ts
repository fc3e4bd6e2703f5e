import assert from 'node:assert/strict';
import type { AuthenticationSession } from 'vscode';
import { ExpiryWatcher } from '../../../src/sessions/background/expiryWatcher';
import type { LiveSession } from '../../../src/sessions/store/sessionRecord';
import { SEED } from '../../emulator/src';
import { jwtApp } from '../box/serverApps';
import { useEmulatedBox } from '../support/emulatedBox';
import { settle } from '../support/fakeClock';
import { assertHoldsNoSecret } from '../support/secrecy';
import { eventually } from '../support/eventually';
import { AS_USER, SERVER_KINDS, ServerSessions, passTime } from '../support/serverSessions';
import { SessionWindow, useMachine } from '../support/sessionWindow';
import { passWaits } from '../support/waits';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NARROW = ['item_preview', 'resource:file/12'];

describe('Secrecy of what is got without a browser', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  /** What was thrown, and what is told of sessions in words. */
  let thrown: unknown[];

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    thrown = [];
  });

  /** Sees a failing operation to its end. */
  const fails = async (operation: Promise<unknown>): Promise<void> => {
    await assert.rejects(passWaits(window.clock, operation), (error) => thrown.push(error) > 0);
  };
  const get = (scopes: readonly string[]): Promise<AuthenticationSession[]> =>
    window.provider.getSessions(scopes, {});
  const create = (scopes: readonly string[]): Promise<AuthenticationSession> =>
    window.provider.createSession(scopes, {});

  /** Searches the log whole, and of what was thrown everything but the session that it is about. */
  const assertSecret = async (): Promise<void> => {
    const { secrets } = await jwtApp(box);
    const known = [...(await box.control.issuedSecrets()), ...secrets];
    assert.ok(window.log.lines.length > 0 && thrown.length > 0);
    assertHoldsNoSecret(window.log.lines, known);
    for (const error of thrown) {
      assert.ok(error instanceof Error);
      const fields = Object.entries(error).filter(([name]) => name !== 'session');
      assertHoldsNoSecret([error.message, error.stack, error.cause, fields], known);
    }
  };

  /** Uses a session, narrows it, and meets what can go wrong with it. */
  const use = async (session: LiveSession): Promise<void> => {
    await get(NARROW);
    await create(['item_preview', 'item_download']);
    await fails(create(['item_preview', 'root_readonly']));
    await fails(window.downscoped.exchange(session, ['item_preview', 'manage_legal_holds']));
    await box.control.fault({ endpoint: 'token', kind: 'dropBefore', times: -1 });
    await fails(create(NARROW));
    await box.control.clearFaults();
    await box.control.fault({ endpoint: 'token', kind: 'truncate', times: -1 });
    await fails(create(NARROW));
    await box.control.clearFaults();
  };

  for (const kind of SERVER_KINDS) {
    it(`holds with an app of the kind ${kind.credential}`, async () => {
      const server = new ServerSessions(box, kind);
      await fails(server.signIn(window));
      await server.configure(window);
      await fails(server.signIn(window, {}));
      await fails(server.signIn(window, { enterpriseId: '1' }));
      await server.signIn(window, AS_USER);
      const session = await server.signIn(window);
      await use(session);
      const renewed = await window.refresher.refreshNow(session);
      await passTime(window, box, HOUR_MS + MINUTE_MS);
      for (const fault of ['dropBefore', 'dropAfter', 'truncate', 'html'] as const) {
        await box.control.fault({ endpoint: 'token', kind: fault, times: -1 });
        window.backoff.reset();
        await fails(window.refresher.refreshNow(renewed));
        await box.control.clearFaults();
      }
      const wrong = { ...kind, clientSecret: 'wrongwrongwrongwrongwrongwrongwr' };
      await new ServerSessions(box, wrong).configure(window);
      await fails(window.refresher.refreshNow(renewed));
      await server.configure(window);
      await window.refresher.refreshNow(renewed);
      await get(NARROW);
      await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
      await passWaits(window.clock, window.signOut.revoke(session.id));
      await passWaits(window.clock, window.signOut.run(session.id));
      await assertSecret();
    });
  }

  it('holds with annotators', async () => {
    const [, jwt] = SERVER_KINDS;
    assert.ok(jwt !== undefined);
    const server = new ServerSessions(box, jwt);
    await server.configure(window);
    const session = await server.signIn(window);
    const make = (scopes: readonly string[]): Promise<unknown> =>
      window.annotators.make(session, { externalUserId: 'visitor-7', displayName: 'Ada' }, scopes);
    await make(['item_preview']);
    await fails(make(['manage_groups']));
    await box.control.expireAccessTokens();
    await make(['item_preview']);
    await window.forgetSecrets(jwt.clientId);
    await fails(make(['item_preview']));
    await assertSecret();
  });

  it('holds with a developer token', async () => {
    const { store, refresher, expiry, clock, log } = window;
    const watcher = new ExpiryWatcher({ store, refresher, expiry, clock, log });
    const { accessToken } = await box.control.issuePair(SEED.clientId, SEED.userId);
    const { signal } = new AbortController();
    const add = (token: string): Promise<LiveSession> =>
      window.developerTokens.add(token, window.origins, signal);
    await fails(add('not a token that Box has ever given'));
    const session = await add(accessToken);
    await use(session);
    await fails(window.refresher.refreshNow(session));
    await fails(window.signOut.revoke(session.id));
    await window.clock.advance(HOUR_MS);
    await eventually(() => window.ended.length > 0);
    await fails(window.refresher.fresh(session));
    await window.signOut.run(session.id);
    watcher.dispose();
    await assertSecret();
  });

  it('holds with tokens that are narrower than a sign-in', async () => {
    const session = await window.signIn();
    await use(session);
    await box.control.expireAccessTokens();
    await get(NARROW);
    await box.control.revokeUser(SEED.userId);
    await fails(window.downscoped.exchange(session, ['item_preview']));
    await window.signOut.run(session.id);
    await settle();
    await assertSecret();
  });
});
