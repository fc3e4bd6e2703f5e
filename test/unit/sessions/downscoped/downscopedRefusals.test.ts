import assert from 'node:assert/strict';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { downscopedRequests, EXCHANGE } from './downscopedRequests';
import { SERVER_KINDS, ServerSessions, liveOf } from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

const MINUTE_MS = 60_000;

describe('DownscopedTokens, refused', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let parent: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    parent = await window.signIn();
  });

  const { session, tokenOf, exchanges, isLive } = downscopedRequests(
    box,
    () => window,
    () => parent,
  );

  describe('with a parent whose token Box ended early', () => {
    it('refreshes it once and tries the exchange again', async () => {
      await box.control.expireAccessTokens();
      const token = await tokenOf();
      assert.ok(await isLive(token));
      assert.equal((await box.control.counters()).refreshRequests, 1);
      assert.equal(await exchanges(), 2);
      const [stored] = await window.store.all();
      assert.notEqual(stored?.pair?.accessToken, parent.pair.accessToken);
      assert.equal(await tokenOf(), token);
    });

    it('takes the token that was refreshed meanwhile rather than refresh again', async () => {
      await window.refresher.refreshNow(parent);
      await box.control.expireAccessTokens();
      const [newer] = (await window.store.all()).filter((each): each is LiveSession => each.pair !== null);
      assert.ok(newer !== undefined);
      const tokens = await Promise.all([
        tokenOf(['item_preview'], false, newer),
        tokenOf(['item_download'], false, newer),
      ]);
      assert.deepEqual(await liveOf(box, tokens), tokens);
      assert.equal((await box.control.counters()).refreshRequests, 2);
    });

    it('ends the session where Box has ended it, and exchanges nothing', async () => {
      await box.control.revokeUser(SEED.userId);
      await assert.rejects(session(), { code: 'ended' });
      const [stored] = await window.store.all();
      assert.equal(stored?.ended, 'refused');
      assert.deepEqual(await window.provider.getSessions(['item_preview'], {}), []);
    });

    it('asks for another token of a server-side app', async () => {
      for (const kind of SERVER_KINDS) {
        const server = new ServerSessions(box, kind);
        await server.configure(window);
        const robot = await server.signIn(window);
        await box.control.expireAccessTokens();
        assert.ok(await isLive(await tokenOf(['item_preview'], false, robot)));
        assert.equal(await server.tokenRequests(), 2);
      }
    });

    it('takes a developer token for ended', async () => {
      const { accessToken } = await box.control.issuePair(SEED.clientId, SEED.userId);
      const { signal } = new AbortController();
      const developer = await window.developerTokens.add(accessToken, window.origins, signal);
      await box.control.expireAccessTokens();
      await assert.rejects(session(['item_preview'], false, developer), { code: 'ended' });
      assert.equal((await box.control.counters()).refreshRequests, 0);
    });
  });

  describe('for a resource that the account cannot reach', () => {
    for (const [name, status, body] of [
      ['B3: invalid_resource', 400, { error: 'invalid_resource', error_description: 'Invalid.' }],
      ['B4: a bare 404', 404, {}],
      ['B4: a bare 403', 403, {}],
      [
        'B3: not_found of the API',
        404,
        { type: 'error', status: 404, code: 'not_found', message: 'Not Found' },
      ],
      ['B3: not_found of OAuth', 404, { error: 'not_found', error_description: 'Not Found' }],
      ['B3: forbidden of the API', 403, { type: 'error', status: 403, code: 'forbidden' }],
      [
        'B3: no permission by the API',
        403,
        { type: 'error', code: 'access_denied_insufficient_permissions' },
      ],
      ['B3: no permission by OAuth', 403, { error: 'access_denied_insufficient_permissions' }],
      ['B4: invalid_grant', 400, { error: 'invalid_grant', error_description: 'Invalid.' }],
      ['B4: invalid_request', 400, { error: 'invalid_request', error_description: 'Invalid.' }],
    ] as const) {
      it(`says so, and asks Box once in a minute (${name})`, async () => {
        await box.control.fault({ endpoint: 'token', kind: 'json', status, body, times: -1 });
        const refused = { name: 'ExchangeRefusedError', appName: SEED.appName, account: SEED.userLogin };
        for (let i = 0; i < 5; i++) await assert.rejects(session(), refused);
        assert.equal(await exchanges(), 1);
        window.clock.jump(MINUTE_MS);
        await assert.rejects(session(), refused);
        assert.equal(await exchanges(), 2);
        assert.equal((await box.control.counters()).refreshRequests, 0);
      });
    }
  });

  for (const [name, description, reason] of [
    ['the type of the app', 'The grant type is unauthorized for this client_id', 'app_type'],
    ['an assertion that nobody sent', 'Signature verification error.', 'request'],
  ] as const) {
    it(`B4: speaks of the exchange where Box speaks of ${name}, and asks once in a minute`, async () => {
      const body = { error: 'invalid_grant', error_description: description };
      await box.control.fault({ endpoint: 'token', kind: 'json', status: 400, body, times: -1 });
      const refused = { name: 'ExchangeRefusedError', reason, appName: SEED.appName };
      for (let i = 0; i < 3; i++) await assert.rejects(session(), refused);
      assert.equal(await exchanges(), 1);
      assert.equal((await box.control.counters()).refreshRequests, 0);
    });
  }

  describe('with scopes that the app or the session lacks', () => {
    let narrow: LiveSession;

    beforeEach(async () => {
      narrow = await window.signIn({ scopes: ['root_readonly'] });
    });

    const asked = ['item_preview', 'item_download', 'item_upload'];
    const refusal = {
      name: 'ScopesRefusedError',
      code: 'scopes_refused',
      scopes: ['item_download', 'item_upload'],
      appName: SEED.appName,
    };

    it('names those that are refused, and refreshes nothing', async () => {
      await assert.rejects(session(asked, false, narrow), refusal);
      await assert.rejects(session(['item_upload'], false, narrow), { scopes: ['item_upload'] });
      assert.equal((await box.control.counters()).refreshRequests, 0);
      assert.equal((await window.store.all()).length, 2);
    });

    it('sends no request for the same within a minute, and looks again after', async () => {
      await assert.rejects(session(asked, false, narrow), refusal);
      await window.children.idle();
      const sent = (await box.control.requests()).length;
      window.clock.jump(MINUTE_MS - 1);
      await assert.rejects(session(asked, false, narrow), refusal);
      assert.equal((await box.control.requests()).length, sent);
      window.clock.jump(1);
      await assert.rejects(session(asked, false, narrow), refusal);
      assert.ok((await box.control.requests()).length > sent);
    });

    it('asks for others all the same', async () => {
      await assert.rejects(session(asked, false, narrow), refusal);
      assert.ok(await isLive(await tokenOf(['item_preview'], false, narrow)));
    });

    it('looks again at once where the token has to be new', async () => {
      await assert.rejects(session(asked, false, narrow), refusal);
      const sent = await exchanges();
      await assert.rejects(session(asked, true, narrow), refusal);
      assert.ok((await exchanges()) > sent);
    });

    it('looks again at once when the session was signed in for anew', async () => {
      await assert.rejects(session(asked, false, narrow), refusal);
      const again = await window.signIn({ scopes: ['root_readonly'] });
      assert.equal(again.id, narrow.id);
      const sent = await exchanges();
      await assert.rejects(session(asked, false, again), refusal);
      assert.ok((await exchanges()) > sent);
    });

    it('knows a refusal without a body for what it is', async () => {
      await box.control.fault({
        endpoint: 'token',
        grantType: EXCHANGE,
        kind: 'status',
        status: 401,
      });
      await assert.rejects(session(['item_upload'], false, narrow), { scopes: ['item_upload'] });
      assert.equal((await box.control.counters()).refreshRequests, 0);
    });
  });
});
