import assert from 'node:assert/strict';
import type { BoxClient } from '../../../src/box/client';
import { endpointsOf } from '../../../src/box/endpoints';
import {
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
  type BoxError,
} from '../../../src/box/errors';
import { SEED, type Fault, type FaultEndpoint } from '../../emulator/src';
import { observeWaits, type Observed } from '../support/waits';
import { useEmulatedBox } from '../support/emulatedBox';
import { FakeClock } from '../support/fakeClock';
import { useRawServer } from '../support/rawServer';
import { assertHoldsNoSecret } from '../support/secrecy';
import { ccgIdentity, jwtApp } from './serverApps';

/** One of the client's requests, as a function of what it needs. */
interface Operation {
  readonly name: string;
  readonly endpoint: FaultEndpoint;
  /** Prepares what is needed at Box, and gives the request itself. */
  readonly prepare: () => Promise<(signal?: AbortSignal) => Promise<unknown>>;
  /** How many attempts there may be in all: a code and a revocation are sent once more, the rest at most five times. */
  readonly atLeast: number;
  readonly atMost: number;
  readonly timeoutMs: number;
}

describe('BoxClient', () => {
  const box = useEmulatedBox();
  let clock: FakeClock;
  let client: BoxClient;

  beforeEach(() => {
    clock = new FakeClock();
    client = box.client(clock);
  });

  const issuePair = () => box.control.issuePair(SEED.clientId, SEED.userId);
  const sent = async (endpoint: FaultEndpoint): Promise<number> =>
    (await box.control.requests({ endpoint })).length;

  const operations: Operation[] = [
    {
      name: 'exchangeCode',
      endpoint: 'token',
      prepare: async () => {
        const grant = await box.authorizationCode();
        return (signal) => client.exchangeCode(box.identity(), grant, clock.now(), signal);
      },
      atLeast: 2,
      atMost: 2,
      timeoutMs: 12_000,
    },
    {
      name: 'refresh',
      endpoint: 'token',
      prepare: async () => {
        const { refreshToken } = await issuePair();
        return (signal) => client.refresh(box.identity(), refreshToken, signal);
      },
      atLeast: 2,
      atMost: 5,
      timeoutMs: 12_000,
    },
    {
      name: 'revoke',
      endpoint: 'revoke',
      prepare: async () => {
        const { refreshToken } = await issuePair();
        return (signal) => client.revoke(box.identity(), refreshToken, signal);
      },
      atLeast: 2,
      atMost: 2,
      timeoutMs: 15_000,
    },
    {
      name: 'currentUser',
      endpoint: 'usersMe',
      prepare: async () => {
        const { accessToken } = await issuePair();
        return (signal) => client.currentUser(box.endpoints, accessToken, signal);
      },
      atLeast: 2,
      atMost: 5,
      timeoutMs: 15_000,
    },
  ];

  const toBoxTime = (): Promise<void> => box.control.advanceClock(clock.now() - Date.now());
  const enterprise = { type: 'enterprise', id: SEED.enterpriseId } as const;
  const serverOperations: [string, Operation['prepare']][] = [
    [
      'clientCredentials',
      () => Promise.resolve((signal) => client.clientCredentials(ccgIdentity(box), enterprise, signal)),
    ],
    [
      'jwt',
      async () => {
        await toBoxTime();
        const { identity, key } = await jwtApp(box);
        return (signal) => client.jwt(identity, key, enterprise, signal);
      },
    ],
    [
      'exchange',
      async () => {
        const { accessToken: subjectToken } = await issuePair();
        const downscoping = { subjectToken, scopes: ['item_preview'] };
        return (signal) => client.exchange(box.endpoints, downscoping, signal);
      },
    ],
    [
      'annotatorToken',
      async () => {
        await toBoxTime();
        const { identity, key } = await jwtApp(box);
        const pair = await box.control.issuePair(identity.clientId, SEED.userId);
        const annotator = { externalUserId: 'dana@example.com', displayName: 'Dana' };
        const downscoping = { subjectToken: pair.accessToken, scopes: ['annotation_edit'] };
        return (signal) => client.annotatorToken(identity, key, annotator, downscoping, signal);
      },
    ],
  ];
  for (const [name, prepare] of serverOperations) {
    operations.push({ name, endpoint: 'token', prepare, atLeast: 2, atMost: 5, timeoutMs: 12_000 });
  }

  const FOR_EVER = -1;
  const unusable: [string, Omit<Fault, 'endpoint'>, Partial<BoxError> & Record<string, unknown>][] = [
    ['409', { kind: 'status', status: 409 }, { name: 'UnexpectedResponseError', status: 409 }],
    ['429', { kind: 'status', status: 429 }, { name: 'UnexpectedResponseError', status: 429 }],
    ['500', { kind: 'status', status: 500 }, { name: 'UnexpectedResponseError', status: 500 }],
    ['502 with a page', { kind: 'html', status: 502 }, { name: 'UnexpectedResponseError', status: 502 }],
    [
      '503 with an OAuth error',
      { kind: 'status', status: 503, body: '{"error":"invalid_grant"}' },
      { name: 'UnexpectedResponseError', status: 503 },
    ],
    ['a lost connection', { kind: 'dropBefore' }, { name: 'UnreachableError' }],
  ];

  for (const { name, endpoint, prepare, atLeast, atMost, timeoutMs } of operations) {
    describe(name, () => {
      for (const [fault, what, expected] of unusable) {
        it(`asks again after ${fault}, and gives up`, async () => {
          const operation = await prepare();
          await box.control.fault({ endpoint, times: FOR_EVER, ...what });
          const { error, waits } = await observeWaits(clock, operation());
          for (const [field, value] of Object.entries(expected)) {
            assert.equal((error as Record<string, unknown>)[field], value, field);
          }
          assertHoldsNoSecret(error, await box.control.issuedSecrets());
          const requests = await sent(endpoint);
          assert.ok(requests >= atLeast && requests <= atMost, `${requests} requests`);
          assert.equal(waits.length, requests - 1);
          assert.deepEqual(clock.pending, []);
        });

        it(`succeeds when Box is well again after ${fault}`, async () => {
          const operation = await prepare();
          await box.control.fault({ endpoint, ...what });
          const { error, waits } = await observeWaits(clock, operation());
          assert.equal(error, undefined);
          assert.deepEqual([waits.length, await sent(endpoint)], [1, 2]);
        });
      }

      it('waits as long as retry-after says', async () => {
        const operation = await prepare();
        await box.control.fault({ endpoint, kind: 'status', status: 429, headers: { 'retry-after': '4' } });
        const { error, waits } = await observeWaits(clock, operation());
        assert.deepEqual([error, waits], [undefined, [4000]]);
      });

      it('leaves it to later where retry-after says so', async () => {
        const operation = await prepare();
        await box.control.fault({ endpoint, kind: 'status', status: 429, headers: { 'retry-after': '600' } });
        const { error, waits } = await observeWaits(clock, operation());
        assert.ok(error instanceof UnexpectedResponseError);
        assert.deepEqual([error.status, error.retryAfterMs, waits], [429, 600_000, []]);
        assert.match(error.requestId ?? '', /^[a-z0-9]{26}$/);
        assert.equal(await sent(endpoint), 1);
      });

      it('carries Box’s request id out of an answer that is no OAuth answer', async () => {
        const operation = await prepare();
        await box.control.fault({ endpoint, times: FOR_EVER, kind: 'html', status: 502 });
        const { error } = await observeWaits(clock, operation());
        assert.match((error as BoxError).requestId ?? '', /^[a-z0-9]{26}$/);
      });

      it(`gives up an attempt after ${timeoutMs} ms`, async () => {
        const operation = await prepare();
        await box.control.fault({ endpoint, times: FOR_EVER, kind: 'hang' });
        const ended = operation().then(
          () => assert.fail('it succeeded'),
          (error: unknown) => error,
        );
        let attempts = 0;
        for (;;) {
          const next = await Promise.race([ended, clock.timer()]);
          if (next instanceof Error) {
            assert.ok(next instanceof UnreachableError, String(next));
            assert.deepEqual([next.systemCode, next.host], ['TIMEOUT', new URL(box.origin).host]);
            break;
          }
          assert.ok(typeof next === 'number');
          if (next > 11_000) {
            assert.equal(next, timeoutMs);
            attempts += 1;
          }
          await clock.advance(next);
        }
        assert.ok(attempts >= atLeast && attempts <= atMost, `${attempts} attempts`);
        assert.deepEqual(clock.pending, []);
      });

      it('ends at once when it is aborted between two attempts', async () => {
        const operation = await prepare();
        const aborter = new AbortController();
        await box.control.fault({ endpoint, times: FOR_EVER, kind: 'status', status: 500 });
        const ended = operation(aborter.signal);
        await clock.timer((ms) => ms < 11_000);
        aborter.abort(new Error('cancelled by Dana'));
        await assert.rejects(ended, { message: 'cancelled by Dana' });
        assert.deepEqual([await sent(endpoint), clock.pending], [1, []]);
      });
    });
  }

  describe('exchangeCode', () => {
    const exchange = async (fault: Omit<Fault, 'endpoint'>): Promise<Observed<unknown>> => {
      const grant = await box.authorizationCode();
      await box.control.fault({ endpoint: 'token', ...fault });
      return observeWaits(clock, client.exchangeCode(box.identity(), grant, clock.now()));
    };

    it('finds its code spent when the answer to the first attempt got lost', async () => {
      const { error } = await exchange({ kind: 'dropAfter' });
      assert.ok(error instanceof OAuthError);
      assert.deepEqual([error.error, await sent('token')], ['invalid_grant', 2]);
    });

    it('does not begin a second attempt that would come after second 28', async () => {
      const grant = await box.authorizationCode();
      await box.control.fault({ endpoint: 'token', kind: 'status', status: 500 });
      const { error } = await observeWaits(
        clock,
        client.exchangeCode(box.identity(), grant, clock.now() - 27_700),
      );
      assert.ok(error instanceof UnexpectedResponseError, String(error));
      assert.equal(await sent('token'), 1);
    });

    it('sends nothing with a code that is older than 28 s', async () => {
      const grant = await box.authorizationCode();
      const { error } = await observeWaits(
        clock,
        client.exchangeCode(box.identity(), grant, clock.now() - 28_500),
      );
      assert.ok(error instanceof OAuthError, String(error));
      assert.deepEqual([error.error, await sent('token')], ['invalid_grant', 0]);
    });

    it('gives up the second attempt before second 28', async () => {
      const grant = await box.authorizationCode();
      await box.control.fault({ endpoint: 'token', kind: 'status', status: 500 });
      await box.control.fault({ endpoint: 'token', kind: 'hang' });
      const receivedAt = clock.now();
      clock.jump(20_000);
      const ended = client.exchangeCode(box.identity(), grant, receivedAt).catch((error: unknown) => error);
      await clock.advance(await clock.timer((ms) => ms < 1000));
      const left = await clock.timer();
      assert.ok(clock.now() + left <= receivedAt + 28_000, `${left} ms left`);
      await clock.advance(left);
      assert.ok((await ended) instanceof UnreachableError);
    });
  });

  describe('refresh', () => {
    const refresh = async (fault: Omit<Fault, 'endpoint'>): Promise<Observed<unknown>> => {
      const { refreshToken } = await issuePair();
      await box.control.fault({ endpoint: 'token', ...fault });
      return observeWaits(clock, client.refresh(box.identity(), refreshToken));
    };

    for (const [name, fault] of [
      ['got lost', { kind: 'dropAfter' }],
      ['ends early', { kind: 'truncate' }],
      ['breaks off', { kind: 'truncate', abrupt: true }],
      ['has no access token', { kind: 'json', omitFields: ['access_token'] }],
      ['is a page', { kind: 'html', status: 200, committed: true }],
    ] as const) {
      it(`gets the same pair with the same refresh token when the answer ${name}`, async () => {
        const { error, value } = await refresh(fault);
        assert.equal(error, undefined);
        const { refreshes, refreshRepeats, refreshReuse } = await box.control.counters();
        assert.deepEqual([refreshes, refreshRepeats, refreshReuse], [1, 1, 0]);
        const { accessToken } = value as { accessToken: string };
        assert.equal((await box.control.tokenInfo(accessToken)).live, true);
      });
    }

    for (const [name, fault] of [
      ['truncated JSON', { kind: 'truncate' }],
      ['no access token', { kind: 'json', omitFields: ['access_token'] }],
      ['an empty access token', { kind: 'json', extraFields: { access_token: '' } }],
      ['an access token that is no text', { kind: 'json', extraFields: { access_token: 1 } }],
      ['another token type', { kind: 'json', extraFields: { token_type: 'mac' } }],
      ['a life that is no number', { kind: 'json', extraFields: { expires_in: 'soon' } }],
      ['a list', { kind: 'json', body: [1] }],
      ['a page', { kind: 'html', status: 200 }],
      ['an error', { kind: 'json', body: { error: 'invalid_grant' } }],
    ] as const) {
      it(`counts a 200 with ${name} as damaged, never as the end of the session`, async () => {
        const { error } = await refresh({ ...fault, times: FOR_EVER });
        assert.ok(error instanceof UnexpectedResponseError, String(error));
        assert.equal(error.status, 200);
        assertHoldsNoSecret(error, await box.control.issuedSecrets());
      });
    }

    for (const [name, fault] of [
      ['a page', { kind: 'html', status: 400 }],
      ['nothing', { kind: 'status', status: 400 }],
      ['JSON without an error', { kind: 'json', status: 400, body: { message: 'no' } }],
    ] as const) {
      it(`counts a 400 with ${name} as somebody else’s answer`, async () => {
        const { error } = await refresh({ ...fault, times: FOR_EVER });
        assert.ok(error instanceof UnexpectedResponseError, String(error));
        assert.equal(error.status, 400);
        assert.match(error.requestId ?? '', /^[a-z0-9]{26}$/);
      });
    }

    it('counts a rate limit that speaks OAuth as passing', async () => {
      const { refreshToken } = await issuePair();
      await box.control.putUser({ id: SEED.userId, accountState: 'rate-limited' });
      const { error, waits } = await observeWaits(clock, client.refresh(box.identity(), refreshToken));
      assert.ok(error instanceof UnexpectedResponseError);
      assert.deepEqual([error.status, error.retryAfterMs], [429, 1000]);
      assert.ok(waits.every((wait) => wait >= 1000));
    });
  });

  describe('serverTime', () => {
    const HOUR_MS = 3_600_000;

    it('is not known before the first answer', async () => {
      assert.equal(client.serverTime(), undefined);
      await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: FOR_EVER });
      await observeWaits(clock, client.revoke(box.identity(), 'unknown'));
      assert.equal(client.serverTime(), undefined);
    });

    it('is Box’s, however wrong the clock here is, and goes on with the monotonic clock', async () => {
      clock.wallError = 30 * HOUR_MS;
      await box.control.freezeClock();
      const { accessToken } = await issuePair();
      await client.currentUser(box.endpoints, accessToken);
      const seen = client.serverTime();
      assert.ok(seen !== undefined && Math.abs(seen - Date.now()) < 10_000, String(seen));
      clock.wallError = 0;
      clock.jump(HOUR_MS);
      assert.equal(client.serverTime(), seen + HOUR_MS);
      await client.currentUser(box.endpoints, accessToken);
      assert.equal(client.serverTime(), seen);
    });

    for (const fault of [
      { kind: 'status', status: 503 },
      { kind: 'status', status: 302 },
      { kind: 'status', status: 407 },
      { kind: 'json', status: 400, body: { error: 'invalid_client' } },
    ] as const) {
      it(`is read also from a ${fault.status}`, async () => {
        await box.control.fault({ endpoint: 'revoke', times: FOR_EVER, ...fault });
        const { error } = await observeWaits(clock, client.revoke(box.identity(), 'unknown'));
        assert.ok(error instanceof Error);
        assert.notEqual(client.serverTime(), undefined);
      });
    }
  });

  describe('redirects', () => {
    const elsewhere = useRawServer();

    for (const { name, endpoint, prepare } of operations) {
      for (const status of [302, 307]) {
        it(`${name} does not follow a ${status}`, async () => {
          const operation = await prepare();
          const headers = { location: `${elsewhere().origin}/oauth2/token` };
          await box.control.fault({ endpoint, times: FOR_EVER, kind: 'status', status, headers });
          const { error } = await observeWaits(clock, operation());
          assert.ok(error instanceof UnexpectedResponseError, String(error));
          assert.deepEqual([error.status, elsewhere().requests], [status, 0]);
        });
      }
    }

    it('refresh does not follow a retired host to the real one', async () => {
      await box.control.set({ legacyHosts: '302' });
      const { refreshToken } = await issuePair();
      const endpoints = { ...box.endpoints, token: `${box.origin}/api/oauth2/token` };
      const { error } = await observeWaits(
        clock,
        client.refresh({ ...box.identity(), endpoints }, refreshToken),
      );
      assert.ok(error instanceof UnexpectedResponseError);
      assert.deepEqual([error.status, await sent('token')], [302, 0]);
    });
  });

  it('names the host that nobody answers at', async () => {
    const origin = 'http://127.0.0.1:1';
    const identity = { ...box.identity(), endpoints: endpointsOf({ account: origin, api: origin }) };
    const { error } = await observeWaits(clock, client.refresh(identity, 'a-refresh-token'));
    assert.ok(error instanceof UnreachableError);
    assert.deepEqual([error.systemCode, error.host], ['ECONNREFUSED', '127.0.0.1:1']);
  });
});
