import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { BoxClient } from '../../../src/box/client';
import { OAuthError, JwtKeyError, type JwtKeyErrorCode } from '../../../src/box/errors';
import { JWT_ALGORITHMS } from '../../../src/box/jwtAlgorithms';
import type { JwtKey } from '../../../src/box/jwtAssertion';
import type { AccessTokenResponse } from '../../../src/box/protocol';
import type { GrantSubject } from '../../../src/box/serverGrants';
import { SEED, type Fault, type RecordedRequest } from '../../emulator/src';
import { observeWaits } from '../support/waits';
import { USER_AGENT, useEmulatedBox } from '../support/emulatedBox';
import { FakeClock } from '../support/fakeClock';
import { assertHoldsNoSecret } from '../support/secrecy';
import { ccgIdentity, jwtApp, type JwtApp } from './serverApps';

const ENTERPRISE: GrantSubject = { type: 'enterprise', id: SEED.enterpriseId };
const USER: GrantSubject = { type: 'user', id: SEED.userId };
const INVALID_CLIENT = ['invalid_client', 'The client credentials are invalid'] as const;
const WRONG_GRANT = 'The grant type is unauthorized for this client_id';
const NOT_CONFIGURED = 'Cannot obtain user token based on the enterprise configuration for your app';
const FOR_EVER = -1;
const HOUR = 3_600_000;

describe('Grants of server-side apps', () => {
  const box = useEmulatedBox();
  let clock: FakeClock;
  let client: BoxClient;
  let app: JwtApp;

  beforeEach(async () => {
    // The emulator's clock is the machine's, and assertions are about the time.
    clock = new FakeClock(Date.now());
    client = box.client(clock);
    app = await jwtApp(box);
  });

  const sent = (): Promise<RecordedRequest[]> => box.control.requests({ endpoint: 'token' });

  /** Asserts that a grant is refused as given, in so many requests, and that the error holds nothing secret. */
  const assertRefused = async (
    grant: Promise<unknown>,
    [error, description, status = 400]: readonly [string, string | RegExp, number?],
    requests = 1,
  ): Promise<OAuthError> => {
    const { error: thrown } = await observeWaits(clock, grant);
    assert.ok(thrown instanceof OAuthError, String(thrown));
    assert.deepEqual([thrown.error, thrown.status], [error, status]);
    if (typeof description === 'string') assert.equal(thrown.description, description);
    else assert.match(thrown.description ?? '', description);
    assert.match(thrown.requestId ?? '', /^[a-z0-9]{26}$/);
    assertHoldsNoSecret(thrown, [...(await box.control.issuedSecrets()), ...app.secrets]);
    assert.equal((await sent()).length, requests);
    return thrown;
  };

  const assertToken = async (answer: AccessTokenResponse, clientId: string): Promise<string> => {
    assert.deepEqual(Object.keys(answer).sort(), ['accessToken', 'expiresIn', 'restrictedTo']);
    assert.deepEqual([answer.expiresIn, answer.restrictedTo], [3600, []]);
    const info = await box.control.tokenInfo(answer.accessToken);
    assert.deepEqual([info.kind, info.live, info.clientId], ['access', true, clientId]);
    return info.userId ?? '';
  };

  const loginOf = async ({ accessToken }: AccessTokenResponse): Promise<string> =>
    (await client.currentUser(box.endpoints, accessToken)).login;

  /** What both grants have in common. */
  const common = (
    clientId: string,
    grant: (subject?: GrantSubject) => Promise<AccessTokenResponse>,
  ): void => {
    const changeApp = (changes: object): Promise<void> => box.control.putApp({ clientId, ...changes });

    it('gives a token of the service account', async () => {
      const answer = await grant();
      await assertToken(answer, clientId);
      assert.match(await loginOf(answer), /^AutomationUser_.*@boxdevedition\.com$/);
    });

    it('gives a token of a user', async () => {
      const answer = await grant(USER);
      assert.equal(await assertToken(answer, clientId), SEED.userId);
      assert.equal(await loginOf(answer), SEED.userLogin);
    });

    it('gives another token each time, and ends none', async () => {
      const tokens = [await grant(), await grant()].map(({ accessToken }) => accessToken);
      assert.equal(new Set(tokens).size, 2);
      const infos = await Promise.all(tokens.map((token) => box.control.tokenInfo(token)));
      assert.ok(infos.every(({ live }) => live));
    });

    it('gives the life that Box says', async () => {
      await box.control.set({ accessTtl: 4175 });
      assert.equal((await grant()).expiresIn, 4175);
    });

    const quirks: [string, Partial<Fault>][] = [
      ['has no token_type', { omitFields: ['token_type'] }],
      ['has no expires_in', { omitFields: ['expires_in'] }],
      ['has no restricted_to', { omitFields: ['restricted_to'] }],
      ['has null for restricted_to', { extraFields: { restricted_to: null } }],
      ['has a refresh token all the same', { extraFields: { refresh_token: 'a-refresh-token' } }],
      ['has fields that nobody knows', { extraFields: { surprise: { deep: [1] } } }],
      ['has null for its life and its type', { extraFields: { expires_in: null, token_type: null } }],
      ['has a scope that is no text', { extraFields: { scope: ['item_preview'] } }],
      ['has a restricted_to that is no list', { extraFields: { restricted_to: 'item_preview' } }],
      ['has a restricted_to without a scope', { extraFields: { restricted_to: [{ object: null }] } }],
    ];
    for (const [name, fault] of quirks) {
      it(`reads an answer that ${name}`, async () => {
        await box.control.fault({ endpoint: 'token', kind: 'json', ...fault });
        await assertToken(await grant(), clientId);
      });
    }

    for (const code of ['invalid_request', 'unauthorized_client'] as const) {
      it(`fails for an app of another type (${code})`, async () => {
        await box.control.set({ wrongGrantError: code });
        await changeApp({ grantTypes: ['authorization_code'] });
        await assertRefused(grant(), [code, WRONG_GRANT]);
      });
    }

    it('fails for an app that the administrator has not authorized', async () => {
      await changeApp({ enabledByAdmin: false });
      const refusal = ['unauthorized_client', 'This app is not authorized by the enterprise admin'] as const;
      await assertRefused(grant(), refusal);
    });

    it('fails for a client secret that was changed', async () => {
      await changeApp({ clientSecret: 'a-new-client-secret' });
      await assertRefused(grant(), INVALID_CLIENT);
    });

    it('fails for a user where the app may not act for users', async () => {
      await changeApp({ userAccessTokens: false });
      await assertRefused(grant(USER), ['invalid_request', NOT_CONFIGURED]);
    });

    it('fails for a user who is not active', async () => {
      await box.control.putUser({ id: SEED.userId, accountState: 'inactive' });
      await assertRefused(grant(USER), ['unauthorized', /./, 401]);
    });

    it('asks again when the answer got lost, without a harm', async () => {
      await box.control.fault({ endpoint: 'token', kind: 'dropAfter' });
      const { value, error, waits } = await observeWaits(clock, grant());
      assert.deepEqual([error, waits.length], [undefined, 1]);
      await assertToken(value ?? assert.fail(), clientId);
    });
  };

  describe('client credentials', () => {
    const grant = (subject = ENTERPRISE, identity = ccgIdentity(box)): Promise<AccessTokenResponse> =>
      client.clientCredentials(identity, subject);

    common(SEED.ccgClientId, grant);

    it('is one request, with the client’s credentials in the body', async () => {
      await box.control.set({ clientAuth: 'post-only' });
      await grant();
      const [request, ...more] = await sent();
      assert.deepEqual(more, []);
      assert.deepEqual(
        [request?.grantType, request?.clientAuth, request?.userAgent, request?.cookies],
        ['client_credentials', 'post', USER_AGENT, []],
      );
      const names = ['box_subject_id', 'box_subject_type', 'client_id', 'client_secret', 'grant_type'];
      assert.deepEqual([...(request?.parameters ?? [])].sort(), names);
    });

    it('fails for a wrong client secret', async () => {
      await assertRefused(grant(ENTERPRISE, ccgIdentity(box, 'wrong-client-secret')), INVALID_CLIENT);
    });

    const strangers: [string, GrantSubject][] = [
      ['another enterprise', { type: 'enterprise', id: '1' }],
      ['an unknown user', { type: 'user', id: '1' }],
      ['a user of no enterprise', { type: 'user', id: SEED.personalUserId }],
    ];
    for (const [name, subject] of strangers) {
      it(`fails for ${name}`, async () => {
        await assertRefused(grant(subject), ['invalid_grant', 'Grant credentials are invalid']);
      });
    }
  });

  describe('JWT', () => {
    const grant = (subject = ENTERPRISE, key: Partial<JwtKey> = {}): Promise<AccessTokenResponse> =>
      client.jwt(app.identity, { ...app.key, ...key }, subject);

    common(SEED.jwtClientId, grant);

    for (const algorithm of JWT_ALGORITHMS) {
      it(`signs with ${algorithm}`, async () => {
        await assertToken(await grant(ENTERPRISE, { algorithm }), SEED.jwtClientId);
      });
    }

    it('is one request, with the assertion and the client’s credentials in the body', async () => {
      await box.control.set({ clientAuth: 'post-only' });
      await grant();
      const [request, ...more] = await sent();
      assert.deepEqual(more, []);
      assert.deepEqual(
        [request?.grantType, request?.clientAuth, request?.userAgent],
        ['urn:ietf:params:oauth:grant-type:jwt-bearer', 'post', USER_AGENT],
      );
      const names = ['assertion', 'client_id', 'client_secret', 'grant_type'];
      assert.deepEqual([...(request?.parameters ?? [])].sort(), names);
    });

    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const strangersPem = stranger.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const UNKNOWN_KEY = ['invalid_grant', '"kid" invalid, unable to lookup correct key'] as const;

    it('does without a key ID while the app has one key, and fails when it has more', async () => {
      await assertToken(await grant(ENTERPRISE, { publicKeyId: undefined }), SEED.jwtClientId);
      await box.control.reset();
      const { clientId } = app.identity;
      const publicKeys = ['b', 'c'].map((kid) => ({ kid, pem: strangersPem }));
      await box.control.putApp({ clientId, publicKeys });
      await assertRefused(grant(ENTERPRISE, { publicKeyId: undefined }), UNKNOWN_KEY);
    });

    it('fails for an unknown key ID', async () => {
      await assertRefused(grant(ENTERPRISE, { publicKeyId: 'unknown' }), UNKNOWN_KEY);
    });

    it('fails for another app’s key', async () => {
      const privateKey = stranger.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      await assertRefused(grant(ENTERPRISE, { privateKey }), [
        'invalid_grant',
        /^Signature verification error\./,
      ]);
    });

    it('fails for another app’s client ID', async () => {
      const { clientId, clientSecret } = { clientId: 'other', clientSecret: 'another-client-secret' };
      await box.control.putApp({
        clientId,
        clientSecret,
        grantTypes: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
      });
      const identity = { endpoints: box.endpoints, clientId, clientSecret };
      await assertRefused(client.jwt(identity, app.key, ENTERPRISE), UNKNOWN_KEY);
    });

    for (const subject of [
      { type: 'enterprise', id: '1' },
      { type: 'user', id: '1' },
      { type: 'user', id: SEED.personalUserId },
    ] as const) {
      it(`fails for the ${subject.type} ${subject.id}`, async () => {
        const description = "Please check the 'sub' claim. The 'sub' specified is invalid.";
        await assertRefused(grant(subject), ['invalid_grant', description]);
      });
    }

    const unusable: [string, Readonly<Record<string, string>>, JwtKeyErrorCode][] = [
      ['a wrong passphrase', { passphrase: 'another-passphrase' }, 'wrong_passphrase'],
      ['no passphrase', { passphrase: '' }, 'wrong_passphrase'],
      ['a damaged key', { privateKey: 'no-key-at-all' }, 'damaged_key'],
      ['a public key', { privateKey: strangersPem }, 'unsupported_key'],
    ];
    for (const [name, key, code] of unusable) {
      it(`sends nothing with ${name}`, async () => {
        const error: unknown = await grant(ENTERPRISE, key).catch((reason: unknown) => reason);
        assert.ok(error instanceof JwtKeyError, String(error));
        assert.equal(error.code, code);
        assertHoldsNoSecret(error, [...app.secrets, ...Object.values(key).filter((text) => text.length > 7)]);
        assert.deepEqual(await sent(), []);
      });
    }

    describe('tries again', () => {
      it('with another jti, which Box takes though it has done the first', async () => {
        await box.control.fault({ endpoint: 'token', kind: 'dropAfter' });
        await box.control.fault({ endpoint: 'token', kind: 'truncate' });
        const { error, waits } = await observeWaits(clock, grant());
        assert.equal(error, undefined);
        assert.deepEqual([waits.length, (await sent()).length], [2, 3]);
      });

      it('with another expiry, where the one before has passed', async () => {
        await box.control.fault({ endpoint: 'token', kind: 'status', status: 503, times: 2 });
        const ended = grant();
        for (const sleep of [50_000, 50_000]) {
          const wait = await clock.timer((ms) => ms < 11_000);
          clock.jump(sleep);
          await box.control.advanceClock(sleep + wait);
          await clock.advance(wait);
        }
        await assertToken(await ended, SEED.jwtClientId);
        assert.deepEqual(
          (await sent()).map(({ status }) => status),
          [503, 503, 200],
        );
      });
    });

    describe('with a wrong clock', () => {
      const EXPIRED = "Current date/time MUST be before the expiration date/time listed in the 'exp' claim";
      const TOO_FAR = "Please check the 'exp' claim.";
      const NOT_YET =
        "Current date/time MUST be after or equal to the not-before date/time listed in the 'nbf' or 'iat' claim";
      const REPEATED = "Please check the 'jti' claim. A unique 'jti' value is required.";

      const refuse = (description: string, more: Partial<Fault> = {}): Promise<void> =>
        box.control.fault({
          endpoint: 'token',
          kind: 'json',
          status: 400,
          body: { error: 'invalid_grant', error_description: description },
          ...more,
        });

      for (const skew of [-HOUR, HOUR, -90_000, 90_000, -365 * 24 * HOUR, 365 * 24 * HOUR]) {
        it(`of ${skew / 1000} s asks once more by Box’s, at once`, async () => {
          clock.wallError = skew;
          const { error, value, waits } = await observeWaits(clock, grant());
          assert.deepEqual([error, waits], [undefined, []]);
          await assertToken(value ?? assert.fail(), SEED.jwtClientId);
          assert.deepEqual(
            (await sent()).map(({ status }) => status),
            [400, 200],
          );
        });
      }

      for (const skew of [-10_000, 10_000]) {
        it(`of ${skew / 1000} s needs no correction`, async () => {
          clock.wallError = skew;
          await grant();
          assert.equal((await sent()).length, 1);
        });
      }

      for (const description of [EXPIRED, TOO_FAR, NOT_YET, REPEATED]) {
        it(`asks once more for ${JSON.stringify(description)}`, async () => {
          await refuse(description);
          const { error } = await observeWaits(clock, grant());
          assert.deepEqual([error, (await sent()).length], [undefined, 2]);
        });

        it(`gives up when Box says so twice: ${JSON.stringify(description)}`, async () => {
          await refuse(description, { times: FOR_EVER });
          await assertRefused(grant(), ['invalid_grant', description], 2);
        });
      }

      it('corrects once in all, however often it asks', async () => {
        clock.wallError = HOUR;
        await box.control.fault({ endpoint: 'token', kind: 'status', status: 500 });
        await refuse(EXPIRED);
        await box.control.fault({ endpoint: 'token', kind: 'status', status: 500 });
        await refuse(EXPIRED, { times: FOR_EVER });
        await assertRefused(grant(), ['invalid_grant', EXPIRED], 4);
      });

      it('keeps to the corrected time when it asks again after another failure', async () => {
        clock.wallError = -HOUR;
        await refuse(EXPIRED);
        await box.control.fault({ endpoint: 'token', kind: 'status', status: 500 });
        const { error } = await observeWaits(clock, grant());
        assert.equal(error, undefined);
        assert.deepEqual(
          (await sent()).map(({ status }) => status),
          [400, 500, 200],
        );
      });

      it('begins anew by its own clock the next time, as that may be right again', async () => {
        clock.wallError = HOUR;
        await grant();
        clock.wallError = 0;
        await grant();
        assert.equal((await sent()).length, 3);
      });

      for (const date of ['', 'yesterday']) {
        it(`gives up where Box’s date is ${JSON.stringify(date)}`, async () => {
          await refuse(EXPIRED, { headers: { Date: date } });
          const error = await assertRefused(grant(), ['invalid_grant', EXPIRED]);
          assert.equal(error.serverDate, undefined);
        });
      }

      it('does not ask once more for what a clock cannot mend', async () => {
        clock.wallError = 10_000;
        for (const claim of ['iss', 'sub', 'aud']) {
          await box.control.reset();
          await refuse(`Please check the '${claim}' claim.`);
          await assertRefused(grant(), ['invalid_grant', `Please check the '${claim}' claim.`]);
        }
        await box.control.reset();
        await refuse(EXPIRED, { body: { error: 'invalid_request', error_description: EXPIRED } });
        await assertRefused(grant(), ['invalid_request', EXPIRED]);
      });

      it('tells Box’s time with the error', async () => {
        const Date_ = 'Thu, 15 Jan 2026 12:00:30 GMT';
        await refuse("Please check the 'sub' claim.", { headers: { Date: Date_ } });
        const error = await assertRefused(grant(), ['invalid_grant', /sub/]);
        assert.equal(error.serverDate, Date.UTC(2026, 0, 15, 12, 0, 30));
      });
    });
  });
});
