import assert from 'node:assert/strict';
import { SEED, startEmulator, type Emulator, type Fault, type RecordedRequest } from '../src';
import { rawRequest } from './rawRequest';
import { TestClient, type TokenBody } from './testClient';

describe('Emulator: faults', () => {
  let emulator: Emulator;
  let client: TestClient;
  let pair: TokenBody;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(() => emulator.stop());
  beforeEach(async () => {
    await emulator.control.reset();
    pair = await client.signIn();
  });

  const onRefresh = (fault: Omit<Fault, 'endpoint' | 'grantType'>): Promise<void> =>
    emulator.control.fault({ endpoint: 'token', grantType: 'refresh_token', ...fault });
  const minted = async (): Promise<number> => (await emulator.control.counters()).refreshes;
  const lastStatus = async (): Promise<RecordedRequest['status'] | undefined> =>
    (await emulator.control.requests({ endpoint: 'token' })).at(-1)?.status;

  /** Asks until something is so, for a request that is under way. */
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 1000; tries += 1) if (await isSo()) return;
    assert.fail('It never came to be');
  };

  it('dropBefore: the server did not act', async () => {
    await onRefresh({ kind: 'dropBefore' });
    await assert.rejects(client.refresh(pair.refresh_token), TypeError);
    assert.deepEqual([await minted(), await lastStatus()], [0, 'dropped']);
  });

  it('dropAfter: the server did', async () => {
    await onRefresh({ kind: 'dropAfter' });
    await assert.rejects(client.refresh(pair.refresh_token), TypeError);
    assert.deepEqual([await minted(), await lastStatus()], [1, 'dropped']);
  });

  for (const committed of [false, true]) {
    it(`hang: never answers, ${committed ? 'after' : 'without'} acting`, async () => {
      await onRefresh({ kind: 'hang', committed });
      const aborter = new AbortController();
      const form = { grant_type: 'refresh_token', refresh_token: pair.refresh_token };
      const body = new URLSearchParams({
        ...form,
        client_id: SEED.clientId,
        client_secret: SEED.clientSecret,
      });
      const init = { method: 'POST', body, signal: aborter.signal };
      const hanging = fetch(`${emulator.origin}/oauth2/token`, init);
      await until(async () => (await lastStatus()) === 'hung');
      aborter.abort();
      await assert.rejects(hanging, { name: 'AbortError' });
      assert.equal(await minted(), committed ? 1 : 0);
    });
  }

  it('status: with headers, and with a body or without', async () => {
    await onRefresh({ kind: 'status', status: 409 });
    const conflict = await client.refresh(pair.refresh_token);
    assert.deepEqual([conflict.status, conflict.text], [409, '']);
    await onRefresh({ kind: 'status', status: 503, headers: { 'Retry-After': '7' }, body: 'Busy' });
    const busy = await client.refresh(pair.refresh_token);
    assert.deepEqual([busy.status, busy.text, busy.headers.get('retry-after')], [503, 'Busy', '7']);
    assert.equal(await minted(), 0);
  });

  it('status: spells retry-after in lower case on a 429', async () => {
    await onRefresh({ kind: 'status', status: 429, headers: { 'Retry-After': '7' } });
    const raw = await rawRequest(emulator.origin, {
      line: 'POST /oauth2/token HTTP/1.1',
      body: 'grant_type=refresh_token',
    });
    assert.match(raw, /^HTTP\/1\.1 429 /);
    assert.match(raw, /\r\nretry-after: 7\r\n/);
  });

  it('html: a page in place of JSON', async () => {
    await onRefresh({ kind: 'html' });
    const { status, headers, text } = await client.refresh(pair.refresh_token);
    assert.equal(status, 503);
    assert.match(headers.get('content-type') ?? '', /^text\/html/);
    assert.match(text, /^<!doctype html>/);
    await onRefresh({ kind: 'html', status: 200, body: '<p>Sign in to the network</p>' });
    assert.equal((await client.refresh(pair.refresh_token)).text, '<p>Sign in to the network</p>');
  });

  it('truncate: half of the JSON, after acting', async () => {
    await onRefresh({ kind: 'truncate' });
    const { status, text, body } = await client.refresh(pair.refresh_token);
    assert.deepEqual([status, body, await minted()], [200, undefined, 1]);
    assert.match(text, /^\{"access_token":"/);
  });

  it('truncate, abrupt: the connection breaks in the body', async () => {
    await onRefresh({ kind: 'truncate', abrupt: true });
    await assert.rejects(client.refresh(pair.refresh_token), TypeError);
    assert.deepEqual([await minted(), await lastStatus()], [1, 200]);
  });

  it('json: fields less and fields more, after acting', async () => {
    await onRefresh({
      kind: 'json',
      omitFields: ['expires_in', 'token_type'],
      extraFields: { surprise: [1] },
    });
    const { body } = await client.refresh(pair.refresh_token);
    const names = ['access_token', 'restricted_to', 'refresh_token', 'surprise'];
    assert.deepEqual([Object.keys(body), await minted()], [names, 1]);
  });

  it('json: a body of its own, without acting', async () => {
    await onRefresh({ kind: 'json', status: 400, body: { error: 'invalid_grant' } });
    const { status, text } = await client.refresh(pair.refresh_token);
    assert.deepEqual([status, text, await minted()], [400, '{"error":"invalid_grant"}', 0]);
    for (const body of [null, 'text', [1]]) {
      await onRefresh({ kind: 'json', body });
      assert.equal((await client.refresh(pair.refresh_token)).text, JSON.stringify(body));
    }
  });

  it('delay: the server acts first, others are served meanwhile, and the answer comes', async () => {
    await onRefresh({ kind: 'delay', delayMs: 300 });
    const slow = client.refresh(pair.refresh_token);
    await until(async () => (await emulator.control.requests({ grantType: 'refresh_token' })).length > 0);
    assert.deepEqual([await minted(), await lastStatus()], [1, 'pending']);
    const quick = await client.refresh(pair.refresh_token);
    assert.equal((await slow).body.refresh_token, quick.body.refresh_token);
  });

  it('delay, before acting: a second request overtakes', async () => {
    await emulator.control.set({ rotation: 'strict' });
    await onRefresh({ kind: 'delay', delayMs: 300, committed: false });
    const slow = client.refresh(pair.refresh_token);
    await until(async () => (await emulator.control.requests({ grantType: 'refresh_token' })).length > 0);
    assert.equal((await client.refresh(pair.refresh_token)).status, 200);
    assert.equal((await slow).body.error, 'invalid_grant');
  });

  describe('queue', () => {
    const statuses = async (count: number): Promise<number[]> => {
      const results: number[] = [];
      while (results.length < count) results.push((await client.refresh(pair.refresh_token)).status);
      return results;
    };

    it('meets faults in order, each as often as it says', async () => {
      await onRefresh({ kind: 'status', status: 500, times: 2 });
      await onRefresh({ kind: 'status', status: 502 });
      assert.deepEqual(await statuses(4), [500, 500, 502, 200]);
    });

    for (const times of [-1, Infinity]) {
      it(`meets one for ever with times ${times}, until it is cleared`, async () => {
        await onRefresh({ kind: 'status', status: 500, times });
        assert.deepEqual(await statuses(5), [500, 500, 500, 500, 500]);
        await emulator.control.clearFaults();
        assert.deepEqual(await statuses(1), [200]);
      });
    }

    it('minds the endpoint and the grant', async () => {
      await onRefresh({ kind: 'status', status: 500 });
      assert.equal((await client.exchange(await client.code())).status, 200);
      assert.equal(await client.meStatus(pair.access_token), 200);
      assert.equal((await client.refresh(pair.refresh_token)).status, 500);
    });

    for (const endpoint of ['authorize', 'token', 'revoke', 'usersMe', 'redirect'] as const) {
      it(`reaches ${endpoint}`, async () => {
        await emulator.control.fault({ endpoint, kind: 'status', status: 599 });
        const paths = {
          authorize: '/api/oauth2/authorize',
          token: '/oauth2/token',
          revoke: '/oauth2/revoke',
          usersMe: '/2.0/users/me',
          redirect: '/redirect',
        };
        assert.equal((await fetch(`${emulator.origin}${paths[endpoint]}`)).status, 599);
      });
    }
  });

  it('leaves an answer without a body as it is', async () => {
    await emulator.control.fault({ endpoint: 'usersMe', kind: 'json', extraFields: { a: 1 } });
    const { status, text } = await client.get('/2.0/users/me', 'unknown');
    assert.deepEqual([status, text], [401, '']);
  });

  it('stops at once, hung requests included', async () => {
    const other = await startEmulator();
    await other.control.fault({ endpoint: 'usersMe', kind: 'hang' });
    const hanging = fetch(`${other.origin}/2.0/users/me`);
    await until(async () => (await other.control.requests()).length > 0);
    await other.stop();
    await assert.rejects(hanging, TypeError);
  });
});
