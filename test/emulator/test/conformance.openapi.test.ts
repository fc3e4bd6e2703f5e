import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { SEED, startEmulator, type AccountState, type Emulator } from '../src';
import { JWT_BEARER, signAssertion } from './testAssertion';
import { loadSchemas, SCHEMA_PATH, type Validate } from './openApiSchema';
import { TestClient, type Answer, type TokenBody } from './testClient';

const EXCHANGE = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
};
const FULL =
  'role,tracking_codes,can_see_managed_users,is_sync_enabled,is_external_collab_restricted,' +
  'is_exempt_from_device_limits,is_exempt_from_login_verification,enterprise,my_tags,hostname,' +
  'is_platform_access_only,status,avatar_url,created_at,notification_email';

function suite(): void {
  let validate: Validate;
  let emulator: Emulator;
  let client: TestClient;
  let pair: TokenBody;

  before(async () => {
    validate = loadSchemas();
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(() => emulator.stop());
  beforeEach(async () => {
    await emulator.control.reset();
    pair = await client.signIn();
  });

  function conforms(schema: Parameters<Validate>[0], answer: Answer<unknown>, status: number): void {
    assert.equal(answer.status, status, answer.text);
    assert.deepEqual(validate(schema, answer.body), [], answer.text);
  }

  const exchange = (parameters: Readonly<Record<string, string>>): Promise<Answer> =>
    client.post('/oauth2/token', { ...EXCHANGE, subject_token: pair.access_token, ...parameters });

  describe('an access token', () => {
    it('of a code', async () => {
      conforms('AccessToken', await client.exchange(await client.code()), 200);
    });
    it('of a refresh', async () => {
      conforms('AccessToken', await client.refresh(pair.refresh_token), 200);
    });
    it('of client credentials', async () => {
      const app = new TestClient(emulator, SEED.ccgClientId, SEED.ccgClientSecret);
      const subject = { box_subject_type: 'enterprise', box_subject_id: SEED.enterpriseId };
      conforms('AccessToken', await app.token({ grant_type: 'client_credentials', ...subject }), 200);
    });
    it('of a JWT assertion', async () => {
      const config = await emulator.control.configFile(SEED.jwtClientId);
      const app = new TestClient(emulator, SEED.jwtClientId, SEED.jwtClientSecret);
      conforms(
        'AccessToken',
        await app.token({ ...JWT_BEARER, assertion: await signAssertion(config) }),
        200,
      );
    });
    it('of a token exchange, for each scope that the schema knows', async () => {
      const scope =
        'annotation_edit annotation_view_all annotation_view_self base_explorer base_picker base_preview ' +
        'base_upload item_delete item_download item_preview item_rename item_share item_upload item_read';
      for (const resource of [{}, { resource: 'https://api.box.com/2.0/folders/7' }]) {
        const answer = await exchange({ scope, ...resource });
        conforms('AccessToken', answer, 200);
        const { restricted_to: restrictedTo } = answer.body as unknown as { restricted_to: unknown[] };
        assert.equal(restrictedTo.length, 14);
      }
    });
    it('of a token exchange for base_sidebar, which the schema forgets', async () => {
      const answer = await exchange({ scope: 'base_sidebar' });
      const paths = validate('AccessToken', answer.body).map(({ instancePath }) => instancePath);
      assert.equal(paths.includes('/restricted_to/0/scope'), true);
    });
  });

  describe('an OAuth error', () => {
    const bodies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'without a grant': {},
      'of an unknown code': { grant_type: 'authorization_code', code: 'unknown' },
      'of an unknown refresh token': { grant_type: 'refresh_token', refresh_token: 'unknown' },
      'of a wrong secret': { grant_type: 'refresh_token', client_secret: 'wrong' },
      'of a grant that the app may not use': { grant_type: 'client_credentials' },
    };
    for (const [name, parameters] of Object.entries(bodies)) {
      it(name, async () => {
        conforms('OAuth2Error', await client.token(parameters), 400);
      });
    }
    it('of a failed exchange', async () => {
      conforms('OAuth2Error', await exchange({ scope: 'manage_groups' }), 401);
    });
    it('of a revocation', async () => {
      conforms('OAuth2Error', await client.revoke('unknown'), 400);
    });
    const states: Readonly<Partial<Record<AccountState, number>>> = {
      'terms-required': 400,
      'password-reset': 400,
      'device-denied': 400,
      'app-disabled': 400,
      inactive: 401,
      'location-blocked': 403,
      'rate-limited': 429,
    };
    for (const [state, status] of Object.entries(states)) {
      it(`of an account that is ${state}`, async () => {
        await emulator.control.putUser({ id: SEED.userId, accountState: state as AccountState });
        conforms('OAuth2Error', await client.refresh(pair.refresh_token), status);
      });
    }
  });

  describe('a user', () => {
    it('without fields', async () => {
      conforms('User', await client.get('/2.0/users/me', pair.access_token), 200);
    });
    it('with every field', async () => {
      conforms('User--Full', await client.get(`/2.0/users/me?fields=${FULL}`, pair.access_token), 200);
    });
    it('without an enterprise', async () => {
      const personal = await client.signIn({ login: SEED.personalUserLogin });
      const answer = await client.get('/2.0/users/me?fields=enterprise', personal.access_token);
      conforms('User--Full', answer, 200);
    });
    it('by id', async () => {
      conforms('User', await client.get(`/2.0/users/${SEED.userId}`, pair.access_token), 200);
    });
  });

  describe('a client error', () => {
    it('for a path that is not there', async () => {
      conforms('ClientError', await client.get('/2.0/collections', pair.access_token), 404);
    });
    it('for a method that is not allowed', async () => {
      conforms('ClientError', await client.post('/2.0/users/me', {}), 405);
    });
    it('for an account that must accept the terms', async () => {
      await emulator.control.putUser({ id: SEED.userId, accountState: 'terms-required' });
      conforms('ClientError', await client.get('/2.0/users/me', pair.access_token), 400);
    });
    it('for a user who may not act as another', async () => {
      const headers = { 'as-user': SEED.personalUserId };
      conforms('ClientError', await client.get('/2.0/users/me', pair.access_token, headers), 403);
    });
  });

  describe('does not let pass', () => {
    const wrong: readonly (readonly [Parameters<Validate>[0], unknown, string])[] = [
      ['AccessToken', { token_type: 'mac' }, '/token_type'],
      ['AccessToken', { expires_in: '3600' }, '/expires_in'],
      ['AccessToken', { restricted_to: [{ scope: 'everything' }] }, '/restricted_to/0/scope'],
      ['AccessToken', { scope: 'root_readonly' }, ''],
      ['OAuth2Error', { error: 400 }, '/error'],
      ['ClientError', { type: 'failure' }, '/type'],
      ['User', { type: 'user' }, ''],
      ['User', { type: 'user', id: '1', login: 'nobody' }, '/login'],
      ['User', { type: 'user', id: '1', created_at: 'yesterday' }, '/created_at'],
      ['User--Full', { type: 'user', id: '1', role: 'king' }, '/role'],
      ['User--Full', { type: 'user', id: '1', enterprise: null }, '/enterprise'],
    ];
    for (const [schema, value, path] of wrong) {
      it(`${JSON.stringify(value)} as ${schema}`, () => {
        assert.ok(validate(schema, value).some(({ instancePath }) => instancePath === path));
      });
    }
  });
}

if (existsSync(SCHEMA_PATH)) describe('The OpenAPI subset of Box, against the emulator', suite);
else {
  it('The OpenAPI subset of Box: not checked, for ../shared/box-oauth-openapi.json is absent', function () {
    this.skip();
  });
}
