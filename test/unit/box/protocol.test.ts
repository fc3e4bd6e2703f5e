import assert from 'node:assert/strict';
import type { BoxClient } from '../../../src/box/client';
import { ApiRefusedError, BoxError, OAuthError } from '../../../src/box/errors';
import type { AuthorizationCodeGrant, BoxClientIdentity } from '../../../src/box/protocol';
import { SEED, type AccountState, type EmulatorApp, type IssuedPair } from '../../emulator/src';
import { USER_AGENT, useEmulatedBox } from '../support/emulatedBox';
import { FakeClock } from '../support/fakeClock';
import { assertHoldsNoSecret } from '../support/secrecy';

const BOX_REQUEST_ID = /^[a-z0-9]{26}$/;

describe('Requests to Box', () => {
  const box = useEmulatedBox();
  let clock: FakeClock;
  let client: BoxClient;

  beforeEach(() => {
    clock = new FakeClock();
    client = box.client(clock);
  });

  /** What an operation throws, checked to be ours, with Box's request id, and to hold nothing secret. */
  const failure = async (operation: Promise<unknown>, ...secrets: string[]): Promise<BoxError> => {
    const error: unknown = await operation.then(
      () => assert.fail('it succeeded'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof BoxError, String(error));
    assert.match(error.requestId ?? '', BOX_REQUEST_ID);
    assertHoldsNoSecret(error, [...(await box.control.issuedSecrets()), ...secrets]);
    return error;
  };

  /** Asserts that an operation is refused as given, in one request: a 400 is never sent again. */
  const assertOAuthError = async (
    operation: () => Promise<unknown>,
    [error, description, status = 400]: readonly [string, string | RegExp, number?],
    ...secrets: string[]
  ): Promise<void> => {
    const sentBefore = (await box.control.requests()).length;
    const thrown = await failure(operation(), ...secrets);
    assert.ok(thrown instanceof OAuthError, String(thrown));
    assert.deepEqual([thrown.error, thrown.status], [error, status]);
    if (typeof description === 'string') assert.equal(thrown.description, description);
    else assert.match(thrown.description ?? '', description);
    const sent = (await box.control.requests()).length - sentBefore;
    assert.ok(sent <= 1, `${sent} requests`);
  };

  const exchange = (grant: AuthorizationCodeGrant, identity = box.identity()) =>
    client.exchangeCode(identity, grant, clock.now());
  const issuePair = (): Promise<IssuedPair> => box.control.issuePair(SEED.clientId, SEED.userId);
  const changeApp = (app: Partial<EmulatorApp>): Promise<void> =>
    box.control.putApp({ clientId: SEED.clientId, ...app });
  const otherIdentity = async (): Promise<BoxClientIdentity> => {
    const app = { clientId: 'other', clientSecret: 'another-client-secret' };
    await box.control.putApp(app);
    return { endpoints: box.endpoints, ...app };
  };

  describe('code exchange', () => {
    it('gives the pair and its life', async () => {
      const pair = await exchange(await box.authorizationCode());
      assert.equal(pair.expiresIn, 3600);
      const { kind, live, userId } = await box.control.tokenInfo(pair.accessToken);
      assert.deepEqual([kind, live, userId], ['access', true, SEED.userId]);
      assert.equal((await box.control.tokenInfo(pair.refreshToken ?? '')).kind, 'refresh');
    });

    it('sends redirect URI, code verifier and the client’s credentials in the body, once', async () => {
      await box.control.set({ pkce: 'required', redirectUriAtToken: 'required', clientAuth: 'post-only' });
      await exchange(await box.authorizationCode());
      const [request, ...more] = await box.control.requests({ endpoint: 'token' });
      assert.deepEqual(more, []);
      assert.deepEqual(
        [request?.method, request?.grantType, request?.clientAuth, request?.userAgent, request?.cookies],
        ['POST', 'authorization_code', 'post', USER_AGENT, []],
      );
      assert.deepEqual([...(request?.parameters ?? [])].sort(), [
        'client_id',
        'client_secret',
        'code',
        'code_verifier',
        'grant_type',
        'redirect_uri',
      ]);
    });

    it('sends a client secret of any characters as it is', async () => {
      const clientSecret = 'a+b&c=d %41 ü 界;"\\';
      await changeApp({ clientSecret });
      const pair = await exchange(await box.authorizationCode(), box.identity(clientSecret));
      assert.ok(pair.accessToken);
    });

    const INVALID_CODE = ['invalid_grant', "Auth code doesn't exist or is invalid for the client"] as const;

    it('fails for an expired code', async () => {
      const grant = await box.authorizationCode();
      await box.control.advanceClock(31_000);
      const refusal = ['invalid_grant', 'The authorization code has expired'] as const;
      await assertOAuthError(() => exchange(grant), refusal, grant.code, grant.codeVerifier);
    });

    it('fails for a code that was used', async () => {
      const grant = await box.authorizationCode();
      await exchange(grant);
      await assertOAuthError(() => exchange(grant), INVALID_CODE, grant.code, grant.codeVerifier);
    });

    it('fails for another app’s code', async () => {
      const grant = await box.authorizationCode();
      const identity = await otherIdentity();
      await assertOAuthError(() => exchange(grant, identity), INVALID_CODE, grant.code);
    });

    it('fails for another code verifier', async () => {
      const grant = { ...(await box.authorizationCode()), codeVerifier: 'x'.repeat(43) };
      await assertOAuthError(() => exchange(grant), INVALID_CODE, grant.code, grant.codeVerifier);
    });

    it('fails for another redirect URI', async () => {
      const grant = { ...(await box.authorizationCode()), redirectUri: 'https://vscode.dev/redirect' };
      await assertOAuthError(() => exchange(grant), INVALID_CODE, grant.code, grant.codeVerifier);
    });

    it('fails for a wrong client secret', async () => {
      const grant = await box.authorizationCode();
      const refusal = ['invalid_client', 'The client credentials are invalid'] as const;
      await assertOAuthError(() => exchange(grant, box.identity('wrong-client-secret')), refusal, grant.code);
    });

    for (const code of ['invalid_request', 'unauthorized_client'] as const) {
      it(`fails for an app of another type (${code})`, async () => {
        await box.control.set({ wrongGrantError: code });
        const grant = await box.authorizationCode();
        await changeApp({ grantTypes: ['client_credentials'] });
        const refusal = [code, 'The grant type is unauthorized for this client_id'] as const;
        await assertOAuthError(() => exchange(grant), refusal, grant.code);
      });
    }

    it('fails for an app that the administrator has not authorized', async () => {
      const grant = await box.authorizationCode();
      await changeApp({ enabledByAdmin: false });
      const refusal = ['unauthorized_client', 'This app is not authorized by the enterprise admin'] as const;
      await assertOAuthError(() => exchange(grant), refusal, grant.code);
    });
  });

  describe('refresh', () => {
    it('gives a new pair', async () => {
      const old = await issuePair();
      const pair = await client.refresh(box.identity(), old.refreshToken);
      assert.equal(pair.expiresIn, 3600);
      assert.notEqual(pair.accessToken, old.accessToken);
      assert.notEqual(pair.refreshToken, old.refreshToken);
      assert.equal((await box.control.tokenInfo(pair.accessToken)).live, true);
    });

    it('is one request, with the client’s credentials in the body', async () => {
      await box.control.set({ clientAuth: 'post-only' });
      await client.refresh(box.identity(), (await issuePair()).refreshToken);
      const [request, ...more] = await box.control.requests();
      assert.deepEqual(more, []);
      assert.deepEqual(
        [request?.endpoint, request?.grantType, request?.clientAuth, request?.userAgent],
        ['token', 'refresh_token', 'post', USER_AGENT],
      );
      assert.deepEqual([...(request?.parameters ?? [])].sort(), [
        'client_id',
        'client_secret',
        'grant_type',
        'refresh_token',
      ]);
    });

    it('gives the life that Box says, above the nominal hour too', async () => {
      await box.control.set({ accessTtl: 4175 });
      const { expiresIn } = await client.refresh(box.identity(), (await issuePair()).refreshToken);
      assert.equal(expiresIn, 4175);
    });

    // Every property of Box's answer is optional in its schema (OpenAPI `AccessToken`).
    const quirks: [string, { omitFields?: string[]; extraFields?: Record<string, unknown> }, number][] = [
      ['has no token_type', { omitFields: ['token_type'] }, 3600],
      ['has no expires_in', { omitFields: ['expires_in'] }, 3600],
      ['has no restricted_to', { omitFields: ['restricted_to'] }, 3600],
      ['spells bearer with a capital', { extraFields: { token_type: 'Bearer' } }, 3600],
      ['has expires_in in quotes', { extraFields: { expires_in: '4123' } }, 4123],
      [
        'has an issued_token_type',
        { extraFields: { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' } },
        3600,
      ],
      ['has fields that nobody knows', { extraFields: { surprise: { deep: [1] } } }, 3600],
    ];
    for (const [name, fault, expiresIn] of quirks) {
      it(`reads an answer that ${name}`, async () => {
        await box.control.fault({ endpoint: 'token', kind: 'json', ...fault });
        const pair = await client.refresh(box.identity(), (await issuePair()).refreshToken);
        assert.equal(pair.expiresIn, expiresIn);
        assert.equal((await box.control.tokenInfo(pair.accessToken)).live, true);
        assert.equal((await box.control.tokenInfo(pair.refreshToken ?? '')).live, true);
      });
    }

    const INVALID = ['invalid_grant', 'Invalid refresh token'] as const;
    const EXPIRED = ['invalid_grant', 'Refresh token has expired'] as const;

    it('fails for an unknown refresh token', async () => {
      const unknown = 'a-refresh-token-that-box-never-issued';
      await assertOAuthError(() => client.refresh(box.identity(), unknown), INVALID, unknown);
    });

    it('fails for a revoked refresh token', async () => {
      const { refreshToken } = await issuePair();
      await box.control.revokeUser(SEED.userId);
      await assertOAuthError(() => client.refresh(box.identity(), refreshToken), INVALID);
    });

    it('fails for another app’s refresh token', async () => {
      const { refreshToken } = await issuePair();
      const identity = await otherIdentity();
      await assertOAuthError(() => client.refresh(identity, refreshToken), INVALID);
    });

    it('fails for an expired refresh token', async () => {
      const { refreshToken } = await issuePair();
      await box.control.expireRefreshTokens();
      await assertOAuthError(() => client.refresh(box.identity(), refreshToken), EXPIRED);
    });

    for (const text of ['Invalid refresh token', 'Refresh token has expired'] as const) {
      it(`fails for a refresh token that was used (${text})`, async () => {
        await box.control.set({ rotation: 'strict', refreshErrorText: text });
        const { refreshToken } = await issuePair();
        await client.refresh(box.identity(), refreshToken);
        await assertOAuthError(() => client.refresh(box.identity(), refreshToken), ['invalid_grant', text]);
      });
    }

    it('fails for an unknown client ID', async () => {
      const { refreshToken } = await issuePair();
      const identity = { ...box.identity(), clientId: 'nobody' };
      const refusal = ['invalid_client', 'The client credentials are invalid'] as const;
      await assertOAuthError(() => client.refresh(identity, refreshToken), refusal);
    });

    const states: [AccountState, string, number][] = [
      ['terms-required', 'terms_of_service_required', 400],
      ['password-reset', 'password_reset_required', 400],
      ['device-denied', 'unauthorized_device', 400],
      ['trial-ended', 'no_credit_card_trial_ended', 400],
      ['service-blocked', 'service_blocked', 400],
      ['app-disabled', 'unauthorized_client', 400],
      ['inactive', 'unauthorized', 401],
      ['access-denied', 'access_denied', 403],
      ['grace-period-expired', 'grace_period_expired', 403],
      ['location-blocked', 'access_from_location_blocked', 403],
      ['ip-blocked', 'error_access_from_ip_not_allowed', 403],
    ];
    for (const [accountState, error, status] of states) {
      it(`fails for an account in the state ${accountState}: ${error} (${status})`, async () => {
        const { refreshToken } = await issuePair();
        await box.control.putUser({ id: SEED.userId, accountState });
        await assertOAuthError(() => client.refresh(box.identity(), refreshToken), [error, /./, status]);
      });
    }

    it('reads an error without a description', async () => {
      const body = { error: 'service_blocked' };
      await box.control.fault({ endpoint: 'token', kind: 'json', status: 400, body });
      const error = await failure(client.refresh(box.identity(), (await issuePair()).refreshToken));
      assert.ok(error instanceof OAuthError);
      assert.deepEqual([error.error, error.description], ['service_blocked', undefined]);
    });

    it('reads the error in the body where a challenge stands beside it', async () => {
      const body = { error: 'invalid_client', error_description: 'The client credentials are invalid' };
      const headers = { 'WWW-Authenticate': 'Bearer realm="Service", error="invalid_token"' };
      await box.control.fault({ endpoint: 'token', kind: 'json', status: 401, headers, body });
      const { refreshToken } = await issuePair();
      await assertOAuthError(
        () => client.refresh(box.identity(), refreshToken),
        ['invalid_client', 'The client credentials are invalid', 401],
      );
    });
  });

  describe('an error', () => {
    const refusal = { error: 'invalid_grant', error_description: 'Refresh token has expired' };

    for (const type of [
      'text/plain',
      'text/html',
      'application/problem+json',
      'Application/JSON',
      undefined,
    ]) {
      it(`is read whatever its content type says: ${type ?? 'nothing'}`, async () => {
        const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
        await box.control.fault({ endpoint: 'token', kind: 'status', status: 400, headers, body: refusal });
        const { refreshToken } = await issuePair();
        const { error, error_description: description } = refusal;
        await assertOAuthError(() => client.refresh(box.identity(), refreshToken), [error, description]);
      });
    }

    for (const description of [null, 7, ['a', 'list']]) {
      it(`is read without a description that is no text: ${JSON.stringify(description)}`, async () => {
        const body = { ...refusal, error_description: description };
        await box.control.fault({ endpoint: 'token', kind: 'json', status: 401, body });
        const { refreshToken } = await issuePair();
        const thrown = await failure(client.refresh(box.identity(), refreshToken));
        assert.ok(thrown instanceof OAuthError, String(thrown));
        assert.deepEqual(
          [thrown.error, thrown.description, thrown.status],
          ['invalid_grant', undefined, 401],
        );
      });
    }
  });

  describe('revocation', () => {
    it('ends both tokens of a pair', async () => {
      const pair = await issuePair();
      await client.revoke(box.identity(), pair.refreshToken);
      const infos = [pair.accessToken, pair.refreshToken].map((token) => box.control.tokenInfo(token));
      assert.deepEqual(
        (await Promise.all(infos)).map(({ live }) => live),
        [false, false],
      );
    });

    it('is one request, with the client’s credentials in the body', async () => {
      await box.control.set({ clientAuth: 'post-only' });
      await client.revoke(box.identity(), (await issuePair()).refreshToken);
      const [request, ...more] = await box.control.requests();
      assert.deepEqual(more, []);
      assert.deepEqual(
        [request?.endpoint, request?.method, request?.clientAuth, request?.userAgent],
        ['revoke', 'POST', 'post', USER_AGENT],
      );
      for (const name of ['client_id', 'client_secret', 'token']) {
        assert.ok(request?.parameters.includes(name), name);
      }
    });

    it('counts a token that Box never knew as revoked', async () => {
      await client.revoke(box.identity(), 'a-token-that-box-never-issued');
    });

    it('counts a token that was revoked before as revoked', async () => {
      const { refreshToken } = await issuePair();
      await client.revoke(box.identity(), refreshToken);
      await client.revoke(box.identity(), refreshToken);
      assert.equal((await box.control.counters()).revocations, 1);
    });

    const challenge = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
    for (const [name, fault] of [
      ['204', { status: 204 }],
      ['202 with a page', { status: 202, body: '<html>' }],
      ['a 400 that knows no such token, as text', { status: 400, body: { error: 'invalid_token' } }],
      ['a challenge that says so', { status: 401, headers: challenge }],
    ] as const) {
      it(`is confirmed by ${name}, in one request`, async () => {
        await box.control.fault({ endpoint: 'revoke', kind: 'status', ...fault });
        await client.revoke(box.identity(), (await issuePair()).refreshToken);
        assert.equal((await box.control.requests()).length, 1);
      });
    }

    it('fails for a wrong client secret, and leaves the token alone', async () => {
      const { refreshToken } = await issuePair();
      const refusal = ['invalid_client', 'The client credentials are invalid'] as const;
      await assertOAuthError(() => client.revoke(box.identity('wrong-client-secret'), refreshToken), refusal);
      assert.equal((await box.control.tokenInfo(refreshToken)).live, true);
    });
  });

  describe('current user', () => {
    const currentUser = async () => client.currentUser(box.endpoints, (await issuePair()).accessToken);

    it('gives id, login, name and enterprise', async () => {
      assert.deepEqual(await currentUser(), {
        id: SEED.userId,
        login: SEED.userLogin,
        name: SEED.userName,
        enterprise: { id: SEED.enterpriseId, name: SEED.enterpriseName },
      });
    });

    for (const personalEnterprise of ['absent', 'null'] as const) {
      it(`gives no enterprise for a personal account (${personalEnterprise})`, async () => {
        await box.control.set({ personalEnterprise });
        const { accessToken } = await box.control.issuePair(SEED.clientId, SEED.personalUserId);
        const user = await client.currentUser(box.endpoints, accessToken);
        assert.equal(user.enterprise ?? undefined, undefined);
        assert.equal(user.login, SEED.personalUserLogin);
      });
    }

    const [id, login, name] = [SEED.userId, SEED.userLogin, SEED.userName];
    for (const [what, body, expected] of [
      ['an enterprise without an ID', { id, login, name, enterprise: { name: 'Acme' } }, { id, login, name }],
      ['an empty enterprise', { id, login, name, enterprise: {} }, { id, login, name }],
      ['no name', { id, login, name: null }, { id, login, name: '' }],
      [
        'IDs that are numbers',
        { id: Number(id), login, name, enterprise: { id: 42, name: null } },
        { id, login, name, enterprise: { id: '42', name: '' } },
      ],
    ] as const) {
      it(`is read with ${what}`, async () => {
        await box.control.fault({ endpoint: 'usersMe', kind: 'json', body });
        const user = await currentUser();
        assert.deepEqual(
          Object.fromEntries(Object.entries(user).filter(([, value]) => value !== undefined)),
          expected,
        );
      });
    }

    it('asks for the enterprise by name, once, with the token in the header alone', async () => {
      await currentUser();
      const [request, ...more] = await box.control.requests();
      assert.deepEqual(more, []);
      assert.deepEqual(
        [request?.endpoint, request?.method, request?.parameters, request?.userAgent],
        ['usersMe', 'GET', ['fields'], USER_AGENT],
      );
    });

    const INVALID_TOKEN = 'Bearer realm="Service", error="invalid_token", error_description="Invalid."';
    const SCOPE = 'Bearer realm="Service", error="insufficient_scope", error_description="Higher."';
    const refusals: [string, number, Record<string, string>, object | undefined, string | undefined][] = [
      ['a 401 with an empty body', 401, { 'WWW-Authenticate': INVALID_TOKEN }, undefined, 'invalid_token'],
      ['a 401 in JSON', 401, {}, { type: 'error', code: 'unauthorized' }, 'unauthorized'],
      ['a 401 that says nothing', 401, {}, undefined, undefined],
      ['a missing scope', 403, { 'WWW-Authenticate': SCOPE }, undefined, 'insufficient_scope'],
      ['a 403 in JSON', 403, {}, { type: 'error', code: 'forbidden_by_policy' }, 'forbidden_by_policy'],
      ['a 403 that says nothing', 403, {}, undefined, undefined],
      ['a challenge that is none', 401, { 'WWW-Authenticate': '!!' }, undefined, undefined],
    ];
    for (const [name, status, headers, body, error] of refusals) {
      it(`fails for ${name}, without asking again`, async () => {
        await box.control.fault({ endpoint: 'usersMe', kind: 'status', status, headers, body });
        const thrown = await failure(currentUser());
        assert.ok(thrown instanceof ApiRefusedError, String(thrown));
        assert.deepEqual([thrown.status, thrown.error], [status, error]);
        assert.equal((await box.control.requests()).length, 1);
      });
    }

    it('fails for an expired token', async () => {
      const { accessToken } = await issuePair();
      await box.control.expireAccessTokens();
      const thrown = await failure(client.currentUser(box.endpoints, accessToken));
      assert.ok(thrown instanceof ApiRefusedError);
      assert.deepEqual([thrown.status, thrown.error], [401, 'invalid_token']);
    });

    for (const [accountState, status, code] of [
      ['terms-required', 400, 'terms_of_service_required'],
      ['password-reset', 400, 'password_reset_required'],
      ['location-blocked', 403, 'access_from_location_blocked'],
    ] as const) {
      it(`fails for an account in the state ${accountState}`, async () => {
        const { accessToken } = await issuePair();
        await box.control.putUser({ id: SEED.userId, accountState });
        const thrown = await failure(client.currentUser(box.endpoints, accessToken));
        assert.ok(thrown instanceof ApiRefusedError);
        assert.deepEqual([thrown.status, thrown.error], [status, code]);
      });
    }
  });
});
