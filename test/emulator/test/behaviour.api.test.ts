import assert from 'node:assert/strict';
import { SEED, startEmulator, type Emulator } from '../src';
import { TestClient, type Answer } from './testClient';

type User = Readonly<Record<string, unknown>>;

const challengeOf = (error: string, description: string): string =>
  `Bearer realm="Service", error="${error}", error_description="${description}"`;

describe('Emulator: API', () => {
  let emulator: Emulator;
  let client: TestClient;
  let token: string;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(() => emulator.stop());
  beforeEach(async () => {
    await emulator.control.reset();
    token = (await emulator.control.issuePair(SEED.clientId, SEED.userId)).accessToken;
  });

  const me = (query = '', headers: Record<string, string> = {}): Promise<Answer<User>> =>
    client.get(`/2.0/users/me${query}`, token, headers);

  const assertChallenge = (
    answer: Answer<unknown>,
    status: number,
    error: string,
    description: string,
  ): void => {
    assert.deepEqual([answer.status, answer.text], [status, '']);
    assert.equal(answer.headers.get('www-authenticate'), challengeOf(error, description));
    assert.equal(answer.headers.get('content-type'), null);
  };

  describe('folders/{id}/items', () => {
    const list = (accessToken: string, query = ''): Promise<Answer<{ entries: unknown[] }>> =>
      client.get(`/2.0/folders/0/items${query}`, accessToken);

    it('shows the root folder to whoever may read', async () => {
      assert.equal((await list(token)).body.entries.length, 4);
      assert.deepEqual((await list(token, '?offset=4&limit=5000')).body, {
        ...{ total_count: 4, entries: [], offset: 4, limit: 1000 },
        order: [
          { by: 'type', direction: 'ASC' },
          { by: 'name', direction: 'ASC' },
        ],
      });
    });

    it('refuses a token without a reading scope, and a dead one', async () => {
      const pair = await emulator.control.issuePair(SEED.clientId, SEED.userId, ['manage_webhook']);
      const description = 'The request requires higher privileges than provided by the access token.';
      assertChallenge(await list(pair.accessToken), 403, 'insufficient_scope', description);
      const dead = 'The access token provided is invalid.';
      assertChallenge(await list('dead'), 401, 'invalid_token', dead);
    });
  });

  describe('users/me', () => {
    it('shows the standard fields without the full ones', async () => {
      assert.deepEqual(Object.keys((await me()).body), [
        ...['type', 'id', 'name', 'login', 'created_at', 'modified_at', 'language', 'timezone'],
        ...['space_amount', 'space_used', 'max_upload_size', 'status', 'job_title', 'phone', 'address'],
        ...['avatar_url', 'notification_email'],
      ]);
    });

    it('shows with fields the mini ones and those alone', async () => {
      assert.deepEqual((await me('?fields=enterprise,status')).body, {
        type: 'user',
        id: SEED.userId,
        name: SEED.userName,
        login: SEED.userLogin,
        status: 'active',
        enterprise: { type: 'enterprise', id: SEED.enterpriseId, name: SEED.enterpriseName },
      });
    });

    it('ignores a field that it does not know', async () => {
      assert.deepEqual(Object.keys((await me('?fields=nothing')).body), ['type', 'id', 'name', 'login']);
    });

    it('shows a personal account without an enterprise, absent or null', async () => {
      token = (await emulator.control.issuePair(SEED.clientId, SEED.personalUserId)).accessToken;
      assert.equal('enterprise' in (await me('?fields=enterprise')).body, false);
      await emulator.control.set({ personalEnterprise: 'null' });
      assert.equal((await me('?fields=enterprise')).body['enterprise'], null);
    });

    it('works with any scope', async () => {
      token = (await emulator.control.issuePair(SEED.clientId, SEED.userId, ['ai.readwrite'])).accessToken;
      assert.equal((await me()).status, 200);
    });

    it('refuses a repeated parameter', async () => {
      const { status, body } = await me('?fields=id&fields=name');
      assert.deepEqual([status, body['code']], [400, 'bad_request']);
    });
  });

  describe('a 401', () => {
    it('of an unknown, expired or revoked token looks the same and has no body', async () => {
      const check = async (): Promise<void> => {
        assertChallenge(await me(), 401, 'invalid_token', 'The access token provided is invalid.');
      };
      const good = token;
      token = 'unknown';
      await check();
      token = good;
      await emulator.control.expireAccessTokens();
      await check();
      token = (await client.signIn()).access_token;
      await emulator.control.revokeUser(SEED.userId);
      await check();
    });

    it('of a deactivated or removed user is the same', async () => {
      await emulator.control.putUser({ id: SEED.userId, status: 'inactive' });
      assertChallenge(await me(), 401, 'invalid_token', 'The access token provided is invalid.');
      await emulator.control.removeUser(SEED.userId);
      assertChallenge(await me(), 401, 'invalid_token', 'The access token provided is invalid.');
    });

    it('without a token says that there is none', async () => {
      const response = await fetch(`${emulator.origin}/2.0/users/me`);
      const challenge = challengeOf('invalid_request', 'The access token was not found.');
      assert.deepEqual([response.status, await response.text()], [401, '']);
      assert.equal(response.headers.get('www-authenticate'), challenge);
    });

    it('of the MCP server names the metadata of the resource', async () => {
      const response = await fetch(`${emulator.origin}/mcp`, { method: 'POST' });
      const url = `${emulator.origin}/.well-known/oauth-protected-resource`;
      assert.equal(response.status, 401);
      assert.ok((response.headers.get('www-authenticate') ?? '').endsWith(`, resource_metadata="${url}"`));
    });
  });

  it('refuses a token that is sent twice', async () => {
    const answer = await me(`?access_token=${token}`);
    assertChallenge(answer, 400, 'invalid_request', 'The access token was sent in more than one way.');
  });

  describe('a 403', () => {
    const description = 'The request requires higher privileges than provided by the access token.';

    it('for a missing scope has no body and does not name the scope', async () => {
      const answer = await client.get(`/2.0/users/${SEED.personalUserId}`, token);
      assertChallenge(answer, 403, 'insufficient_scope', description);
      const { accessToken } = await emulator.control.issuePair(SEED.clientId, SEED.userId, ['ai.readwrite']);
      assertChallenge(
        await client.get('/2.0/folders/0', accessToken),
        403,
        'insufficient_scope',
        description,
      );
    });

    it('for a user who may not act as another has a body', async () => {
      const { status, body } = await me('', { 'as-user': SEED.personalUserId });
      assert.deepEqual([status, body['code']], [403, 'access_denied_insufficient_permissions']);
    });
  });

  it('shows another user to those who manage users', async () => {
    const scopes = ['manage_managed_users'];
    const { accessToken } = await emulator.control.issuePair(SEED.clientId, SEED.userId, scopes);
    const get = (id: string): Promise<Answer<User>> => client.get(`/2.0/users/${id}`, accessToken);
    assert.equal((await get(SEED.personalUserId)).body['login'], SEED.personalUserLogin);
    assert.equal((await get('404')).status, 404);
  });

  it('has an avatar, or 404', async () => {
    const mine = await client.get(`/2.0/users/${SEED.userId}/avatar`, token);
    assert.deepEqual([mine.status, mine.headers.get('content-type')], [200, 'image/jpg']);
    const { accessToken } = await emulator.control.issuePair(SEED.clientId, SEED.personalUserId);
    assert.equal((await client.get('/2.0/users/me/avatar', accessToken)).status, 404);
  });

  it('shows the state of an account', async () => {
    const states = [
      ['terms-required', 400, 'terms_of_service_required'],
      ['password-reset', 400, 'password_reset_required'],
      ['location-blocked', 403, 'access_from_location_blocked'],
      ['rate-limited', 429, 'rate_limit_exceeded'],
    ] as const;
    for (const [accountState, status, code] of states) {
      await emulator.control.putUser({ id: SEED.userId, accountState });
      const answer = await me();
      assert.deepEqual([answer.status, answer.body['code']], [status, code]);
      assert.equal(answer.headers.get('retry-after'), status === 429 ? '1' : null);
    }
  });

  it('sends Date, Cache-Control and BOX-REQUEST-ID with every answer', async () => {
    await emulator.control.freezeClock();
    await emulator.control.advanceClock(86_400_000);
    const answers = [
      await me(),
      await client.token({}),
      await client.revoke('unknown'),
      await client.get('/nowhere', token),
    ];
    const pages = ['/', '/api/oauth2/authorize', '/redirect', '/.well-known/oauth-authorization-server'];
    const rest = await Promise.all(pages.map((page) => fetch(`${emulator.origin}${page}`)));
    for (const { headers } of [...answers, ...rest]) {
      assert.match(headers.get('box-request-id') ?? '', /^[a-z0-9]{26}$/);
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.ok(Date.parse(headers.get('date') ?? '') > Date.now() + 86_000_000);
    }
  });

  it('names the issuer with a slash in the metadata of the resource alone, unless told not to', async () => {
    const issuers = async (): Promise<unknown> => {
      const response = await fetch(`${emulator.origin}/.well-known/oauth-protected-resource`);
      return ((await response.json()) as { authorization_servers: unknown }).authorization_servers;
    };
    assert.deepEqual(await issuers(), [`${emulator.origin}/`]);
    await emulator.control.set({ issuerSlash: false });
    assert.deepEqual(await issuers(), [emulator.origin]);
  });

  it('has no OpenID Connect', async () => {
    const response = await fetch(`${emulator.origin}/.well-known/openid-configuration`);
    assert.equal(response.status, 401);
  });
});
