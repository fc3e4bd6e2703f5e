import assert from 'node:assert/strict';
import { SEED, startEmulator, Visitor, type AccountState, type Emulator } from '../src';
import { proofKey, TestClient } from './testClient';

const INVALID_CODE = {
  error: 'invalid_grant',
  error_description: "Auth code doesn't exist or is invalid for the client",
};

describe('Emulator: authorization code grant', () => {
  let emulator: Emulator;
  let client: TestClient;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(() => emulator.stop());
  beforeEach(() => emulator.control.reset());

  it('answers with the fields of Box, in its order', async () => {
    const { text, headers } = await client.exchange(await client.code());
    const names = ['access_token', 'expires_in', 'restricted_to', 'refresh_token', 'token_type'];
    assert.deepEqual(Object.keys(JSON.parse(text) as object), names);
    assert.match(text, /"restricted_to":\[\].*"token_type":"bearer"/);
    assert.equal(headers.get('content-type'), 'application/json');
    assert.equal(headers.get('transfer-encoding'), 'chunked');
    assert.match(headers.get('strict-transport-security') ?? '', /max-age=31536000/);
    assert.equal(headers.getSetCookie().length, 4);
  });

  it('leaves out restricted_to when told to', async () => {
    await emulator.control.set({ restrictedTo: 'absent' });
    assert.equal((await client.exchange(await client.code())).text.includes('restricted_to'), false);
  });

  describe('a code', () => {
    it('lives 30 seconds', async () => {
      await emulator.control.freezeClock();
      const [early, late] = [await client.code(), await client.code()];
      await emulator.control.advanceClock(29_999);
      assert.equal((await client.exchange(early)).status, 200);
      await emulator.control.advanceClock(1);
      const { status, body } = await client.exchange(late);
      assert.equal(status, 400);
      assert.deepEqual(body, {
        error: 'invalid_grant',
        error_description: 'The authorization code has expired',
      });
    });

    it('works once, and its tokens survive the replay', async () => {
      const code = await client.code();
      const first = await client.exchange(code);
      assert.deepEqual((await client.exchange(code)).body, INVALID_CODE);
      assert.equal(await client.meStatus(first.body.access_token), 200);
      assert.equal((await emulator.control.counters()).codesExchanged, 1);
    });

    it('takes its tokens with it when replayed, where told to', async () => {
      await emulator.control.set({ codeReplayRevokes: true });
      const code = await client.code();
      const first = await client.exchange(code);
      await client.exchange(code);
      assert.equal(await client.meStatus(first.body.access_token), 401);
    });

    it('belongs to one client', async () => {
      await emulator.control.putApp({ clientId: 'otherclient', clientSecret: 'othersecret' });
      const other = new TestClient(emulator, 'otherclient', 'othersecret');
      assert.deepEqual((await other.exchange(await client.code())).body, INVALID_CODE);
    });

    it('that is unknown or missing is named so', async () => {
      assert.deepEqual((await client.exchange('unknown')).body, INVALID_CODE);
      const missing = await client.token({ grant_type: 'authorization_code' });
      assert.equal(missing.body.error_description, 'Missing parameter. "code" is required');
    });

    it('carries the scopes that the authorization asked for', async () => {
      const { access_token: all } = await client.signIn();
      const { access_token: one } = await client.signIn({ parameters: { scope: 'root_readonly' } });
      assert.ok(((await emulator.control.tokenInfo(all)).scopes?.length ?? 0) > 1);
      assert.deepEqual((await emulator.control.tokenInfo(one)).scopes, ['root_readonly']);
    });
  });

  describe('the redirect URI at the token endpoint', () => {
    const right = { redirect_uri: 'http://127.0.0.1:17160/callback' };
    const wrong = { redirect_uri: 'http://127.0.0.1:24160/callback' };
    const table = [
      ['optional-checked', {}, 200],
      ['optional-checked', right, 200],
      ['optional-checked', wrong, 400],
      ['ignore', wrong, 200],
      ['required', {}, 400],
      ['required', right, 200],
    ] as const;
    for (const [mode, parameters, status] of table) {
      it(`${mode}: ${JSON.stringify(parameters)} gives ${status}`, async () => {
        await emulator.control.set({ redirectUriAtToken: mode });
        assert.equal((await client.exchange(await client.code(), parameters)).status, status);
      });
    }
  });

  describe('PKCE', () => {
    const { verifier, challenge } = proofKey();
    const s256 = { code_challenge: challenge, code_challenge_method: 'S256' };
    const bare = { code_challenge: challenge };
    const right = { code_verifier: verifier };
    const wrong = { code_verifier: proofKey().verifier };
    const table = [
      ['enforce-if-sent', {}, {}, 200],
      ['enforce-if-sent', s256, right, 200],
      ['enforce-if-sent', bare, right, 200],
      ['enforce-if-sent', s256, wrong, 400],
      ['enforce-if-sent', s256, {}, 400],
      ['enforce-if-sent', bare, {}, 400],
      ['ignore', s256, {}, 200],
      ['ignore', s256, wrong, 200],
      ['required', s256, right, 200],
      ['required', s256, {}, 400],
    ] as const;
    for (const [mode, authorize, token, status] of table) {
      const sent = [...Object.keys(authorize), ...Object.keys(token)].join(', ');
      const verdict = token === wrong ? 'a wrong one' : sent === '' ? 'nothing' : sent;
      it(`${mode}: ${verdict} gives ${status}`, async () => {
        await emulator.control.set({ pkce: mode });
        const { status: actual, body } = await client.exchange(
          await client.code({ parameters: authorize }),
          token,
        );
        assert.equal(actual, status);
        if (status === 400) assert.deepEqual(body, INVALID_CODE);
      });
    }

    const refused = [
      ['required', {}],
      ['enforce-if-sent', { code_challenge_method: 'S256' }],
      ['enforce-if-sent', { code_challenge: challenge, code_challenge_method: 'plain' }],
      ['enforce-if-sent', { code_challenge: 'short', code_challenge_method: 'S256' }],
    ] as const;
    for (const [mode, parameters] of refused) {
      it(`${mode}: authorize refuses ${JSON.stringify(parameters)}`, async () => {
        await emulator.control.set({ pkce: mode });
        const { location } = await new Visitor().open(client.authorizeUrl(parameters));
        assert.equal(new URL(location ?? '').searchParams.get('error'), 'invalid_request');
      });
    }
  });

  describe('client authentication', () => {
    const basic = async (id: string, secret: string): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
      const body = new URLSearchParams({ grant_type: 'authorization_code', code: await client.code() });
      const init = { method: 'POST', headers: { authorization }, body };
      return (await fetch(`${emulator.origin}/oauth2/token`, init)).status;
    };

    it('accepts HTTP Basic unless told not to', async () => {
      assert.equal(await basic(SEED.clientId, SEED.clientSecret), 200);
      assert.equal(await basic(SEED.clientId, 'wrong'), 400);
      await emulator.control.set({ clientAuth: 'post-only' });
      assert.equal(await basic(SEED.clientId, SEED.clientSecret), 400);
    });

    const wrong = [
      { client_secret: 'wrong' },
      { client_secret: '' },
      { client_id: 'nobody' },
      { client_id: '' },
    ];
    for (const parameters of wrong) {
      it(`refuses ${JSON.stringify(parameters)}`, async () => {
        const { status, body } = await client.exchange(await client.code(), parameters);
        assert.equal(status, 400);
        assert.deepEqual(body, {
          error: 'invalid_client',
          error_description: 'The client credentials are invalid',
        });
      });
    }

    it('refuses a grant that the app may not use, in either wording', async () => {
      const ccg = new TestClient(emulator, SEED.ccgClientId, SEED.ccgClientSecret);
      const description = 'The grant type is unauthorized for this client_id';
      const expected = (error: string): object => ({ error, error_description: description });
      assert.deepEqual((await ccg.exchange('any')).body, expected('invalid_request'));
      await emulator.control.set({ wrongGrantError: 'unauthorized_client' });
      assert.deepEqual((await ccg.exchange('any')).body, expected('unauthorized_client'));
    });

    it('refuses an app that the administrator did not enable', async () => {
      const code = await client.code();
      await emulator.control.putApp({ clientId: SEED.clientId, enabledByAdmin: false });
      assert.deepEqual((await client.exchange(code)).body, {
        error: 'unauthorized_client',
        error_description: 'This app is not authorized by the enterprise admin',
      });
    });
  });

  describe('the state of the account', () => {
    const table: readonly (readonly [AccountState, number, string])[] = [
      ['terms-required', 400, 'terms_of_service_required'],
      ['password-reset', 400, 'password_reset_required'],
      ['device-denied', 400, 'unauthorized_device'],
      ['app-disabled', 400, 'unauthorized_client'],
      ['inactive', 401, 'unauthorized'],
      ['location-blocked', 403, 'access_from_location_blocked'],
      ['ip-blocked', 403, 'error_access_from_ip_not_allowed'],
      ['trial-ended', 400, 'no_credit_card_trial_ended'],
      ['service-blocked', 400, 'service_blocked'],
      ['grace-period-expired', 403, 'grace_period_expired'],
      ['access-denied', 403, 'access_denied'],
      ['rate-limited', 429, 'temporarily_unavailable'],
    ];
    for (const [accountState, status, error] of table) {
      it(`${accountState}: ${status} ${error}, for a code and a refresh`, async () => {
        const { refresh_token: refreshToken } = await client.signIn();
        const code = await client.code();
        await emulator.control.putUser({ id: SEED.userId, accountState });
        for (const answer of [await client.exchange(code), await client.refresh(refreshToken)]) {
          assert.deepEqual([answer.status, answer.body.error], [status, error]);
        }
        await emulator.control.putUser({ id: SEED.userId, accountState: 'ok' });
        assert.equal((await client.refresh(refreshToken)).status, 200);
      });
    }
  });

  describe('a request without a grant', () => {
    const expected = {
      error: 'invalid_request',
      error_description: 'Invalid grant_type parameter or parameter missing',
    };

    it('is told so, also when a redirect lost its form', async () => {
      assert.deepEqual((await client.token({})).body, expected);
      assert.deepEqual((await client.token({ grant_type: 'password' })).body, expected);
      const redirected = await fetch(`${emulator.origin}/oauth2/token`);
      assert.equal(redirected.status, 400);
      assert.deepEqual(await redirected.json(), expected);
    });

    it('is what becomes of a form in JSON', async () => {
      const response = await fetch(`${emulator.origin}/oauth2/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ grant_type: 'refresh_token' }),
      });
      assert.deepEqual(await response.json(), expected);
    });
  });

  it('meets a legacy host with 302 or 404, as told', async () => {
    const path = '/api/oauth2/token';
    assert.equal((await client.post(path, {})).status, 404);
    await emulator.control.set({ legacyHosts: '302' });
    const { status, headers } = await client.post(path, { grant_type: 'refresh_token' });
    assert.deepEqual([status, headers.get('location')], [302, `${emulator.origin}/oauth2/token`]);
  });
});
