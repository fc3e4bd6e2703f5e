import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { SEED, startEmulator, type BoxConfigFile, type Emulator } from '../src';
import { JWT_BEARER, signAssertion, type AssertionChanges } from './testAssertion';
import { TestClient, type Answer } from './testClient';

const NOT_CONFIGURED = 'Cannot obtain user token based on the enterprise configuration for your app';

describe('Emulator: client credentials grant', () => {
  let emulator: Emulator;
  let client: TestClient;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator, SEED.ccgClientId, SEED.ccgClientSecret);
  });
  after(() => emulator.stop());
  beforeEach(() => emulator.control.reset());

  const grant = (type: string, id: string): Promise<Answer> =>
    client.token({ grant_type: 'client_credentials', box_subject_type: type, box_subject_id: id });

  it('answers in the long shape, without a refresh token', async () => {
    const { body, status } = await grant('enterprise', SEED.enterpriseId);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['access_token', 'expires_in', 'restricted_to', 'token_type']);
    assert.match(body.access_token, /^1![A-Za-z0-9_-]{100,}$/);
  });

  it('keeps the service account and leaves earlier tokens alive', async () => {
    const tokens = [
      await grant('enterprise', SEED.enterpriseId),
      await grant('enterprise', SEED.enterpriseId),
    ];
    const ids = tokens.map(async ({ body }) => (await emulator.control.tokenInfo(body.access_token)).userId);
    assert.equal(new Set(await Promise.all(ids)).size, 1);
    assert.equal(await client.meStatus(tokens[0]?.body.access_token ?? ''), 200);
  });

  const wrong = [
    ['enterprise', '1'],
    ['user', '1'],
    ['user', SEED.personalUserId],
    ['group', SEED.enterpriseId],
  ] as const;
  for (const [type, id] of wrong) {
    it(`refuses ${type} ${id}`, async () => {
      const { status, body } = await grant(type, id);
      assert.equal(status, 400);
      assert.deepEqual(body, { error: 'invalid_grant', error_description: 'Grant credentials are invalid' });
    });
  }

  it('refuses users where the app may not act for them', async () => {
    await emulator.control.putApp({ clientId: SEED.ccgClientId, userAccessTokens: false });
    const { body } = await grant('user', SEED.userId);
    assert.deepEqual(body, { error: 'invalid_request', error_description: NOT_CONFIGURED });
  });

  it('refuses managed users at App Access, and takes the app’s own', async () => {
    await emulator.control.putApp({ clientId: SEED.ccgClientId, accessLevel: 'app' });
    const { body } = await grant('user', SEED.userId);
    assert.equal(body.error, 'unauthorized_client');
    assert.match(body.error_description, /"box_subject_type" value is unauthorized/);
    await emulator.control.putUser({ id: SEED.userId, isPlatformAccessOnly: true });
    assert.equal((await grant('user', SEED.userId)).status, 200);
  });

  it('names what is missing', async () => {
    const { body } = await client.token({ grant_type: 'client_credentials' });
    assert.match(body.error_description, /box_subject_type/);
  });
});

describe('Emulator: JWT bearer grant', () => {
  let emulator: Emulator;
  let client: TestClient;
  let config: BoxConfigFile;
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator, SEED.jwtClientId, SEED.jwtClientSecret);
    config = await emulator.control.configFile(SEED.jwtClientId);
  });
  after(() => emulator.stop());
  beforeEach(() => emulator.control.reset());

  const grant = async (changes: AssertionChanges = {}): Promise<Answer> =>
    client.token({ ...JWT_BEARER, assertion: await signAssertion(config, changes) });

  const refused = async (changes: AssertionChanges, description: string): Promise<void> => {
    const { status, body } = await grant(changes);
    assert.deepEqual([status, body], [400, { error: 'invalid_grant', error_description: description }]);
  };

  for (const alg of ['RS256', 'RS384', 'RS512']) {
    it(`accepts ${alg}`, async () => {
      const { status, body } = await grant({ header: { alg, kid: SEED.jwtKeyId } });
      assert.equal(status, 200);
      assert.match(body.access_token, /^1!/);
      assert.equal('refresh_token' in body, false);
    });
  }

  it('accepts an assertion for a user', async () => {
    const { body } = await grant({ claims: { sub: SEED.userId, box_sub_type: 'user' } });
    assert.equal((await emulator.control.tokenInfo(body.access_token)).userId, SEED.userId);
  });

  describe('kid', () => {
    const withoutKid = { header: { alg: 'RS256', kid: undefined as unknown as string } };
    const unknown = '"kid" invalid, unable to lookup correct key';

    it('may be absent while the app has one key', async () => {
      assert.equal((await grant(withoutKid)).status, 200);
      const pem = stranger.publicKey.export({ type: 'spki', format: 'pem' }).toString();
      const known = { kid: SEED.jwtKeyId, pem };
      await emulator.control.putApp({ clientId: SEED.jwtClientId, publicKeys: [known, { kid: 'b', pem }] });
      await refused(withoutKid, unknown);
    });

    it('must be known', () => refused({ header: { alg: 'RS256', kid: 'unknown' } }, unknown));
  });

  it('refuses the signature of another key', () =>
    refused(
      { key: stranger.privateKey },
      'Signature verification error. The public key identified by "kid" must correspond to the private key used for signing',
    ));

  it('refuses claims that were changed after signing, and no signature at all', async () => {
    const [header = '', , signature = ''] = (await signAssertion(config)).split('.');
    const claims = { iss: SEED.jwtClientId, sub: SEED.enterpriseId, box_sub_type: 'enterprise' };
    const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const assertion of [`${header}.${forged}.${signature}`, `${none}.${forged}.`]) {
      const { body } = await client.token({ ...JWT_BEARER, assertion });
      assert.match(body.error_description, /^Signature verification error/);
    }
  });

  const now = (): number => Math.floor(Date.now() / 1000);
  const expired = "Current date/time MUST be before the expiration date/time listed in the 'exp' claim";
  const notYet =
    "Current date/time MUST be after or equal to the not-before date/time listed in the 'nbf' or 'iat' claim";
  const tooLong =
    "Please check the 'exp' claim. The 'exp' value exceeds the maximum value of 60 seconds beyond the issue time.";
  const jti = "Please check the 'jti' claim. A unique 'jti' value is required.";
  const table: readonly (readonly [string, () => AssertionChanges['claims'], string])[] = [
    ['another issuer', () => ({ iss: 'nobody' }), "Please check the 'iss' claim."],
    ['another audience', () => ({ aud: emulator.origin }), "Please check the 'aud' claim."],
    ['no subject', () => ({ sub: '' }), "Please check the 'sub' claim."],
    [
      'another subject',
      () => ({ sub: '1' }),
      "Please check the 'sub' claim. The 'sub' specified is invalid.",
    ],
    [
      'another type',
      () => ({ box_sub_type: 'x' }),
      "Please check the 'sub' claim. The 'sub' specified is invalid.",
    ],
    ['an expiry in the past', () => ({ exp: now() - 1 }), expired],
    ['an expiry too far ahead', () => ({ exp: now() + 62 }), tooLong],
    ['an issue time in the future', () => ({ iat: now() + 2 }), notYet],
    ['a not-before time in the future', () => ({ nbf: now() + 2 }), notYet],
    ['a short id', () => ({ jti: 'x'.repeat(15) }), jti],
    ['a long id', () => ({ jti: 'x'.repeat(129) }), jti],
  ];
  for (const [name, claims, description] of table) {
    it(`refuses ${name}`, () => refused({ claims: claims() ?? {} }, description));
  }

  it('accepts an id once', async () => {
    const claims = { jti: 'sixteen-letters!' };
    assert.equal((await grant({ claims })).status, 200);
    await refused({ claims }, jti);
  });

  it('does not spend the id of an assertion that it refused', async () => {
    const claims = { jti: 'sixteen-letters!' };
    await refused({ claims: { ...claims, exp: now() - 1 } }, expired);
    assert.equal((await grant({ claims })).status, 200);
  });

  it('gives a client with a wrong clock the right time in Date', async () => {
    await emulator.control.advanceClock(3_600_000);
    const { body, headers } = await grant();
    assert.equal(body.error_description, expired);
    const skew = Math.round((Date.parse(headers.get('date') ?? '') - Date.now()) / 1000);
    assert.equal((await grant({ skew })).status, 200);
  });

  it('refuses users where the app may not act for them', async () => {
    await emulator.control.putApp({ clientId: SEED.jwtClientId, userAccessTokens: false });
    const { body } = await grant({ claims: { sub: SEED.userId, box_sub_type: 'user' } });
    assert.deepEqual(body, { error: 'invalid_request', error_description: NOT_CONFIGURED });
  });

  for (const assertion of ['', 'x', 'x.y.z', '..', 'bnVsbA.bnVsbA.bnVsbA', 'e30.W10.']) {
    it(`refuses "${assertion}" as an assertion`, async () => {
      assert.equal((await client.token({ ...JWT_BEARER, assertion })).status, 400);
    });
  }

  it('hands out its key encrypted, as the Developer Console does', () => {
    const { privateKey, passphrase } = config.boxAppSettings.appAuth;
    assert.match(privateKey, /BEGIN ENCRYPTED PRIVATE KEY/);
    assert.equal(createPrivateKey({ key: privateKey, passphrase }).asymmetricKeyType, 'rsa');
    assert.throws(() => createPrivateKey({ key: privateKey, passphrase: 'wrong' }));
  });
});
